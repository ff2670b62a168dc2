// The engines of the browser by name, and how one is chosen: the best that gives right answers on this machine.

import { type Network, SsdliteError, type Weights } from '@ssdlite/layers';
import type { Engine, EngineChoice, Program } from '../../engine.ts';
import type { WasmOptions } from './wasm/instantiate-wasm.ts';
import { probeWebgl } from './webgl-context.ts';
import { probeWebgpu } from './webgpu-adapter.ts';

/** Name of an engine that runs in the browser. */
export type BrowserEngineName = 'tfjs-webgpu' | 'tfjs-webgl' | 'tfjs-wasm';

/** An engine of the browser. */
export interface BrowserEngine extends Engine {
  readonly name: BrowserEngineName;
  /** Largest side of the pictures that its programs' `runPictures` takes; undefined if they have none. */
  readonly maxPictureSide?: number;
  /** Undefined where there is no device that could go. */
  readonly lost?: EngineLoss;
}

/** Whether an engine's device is gone: the graphics processor was reset, unplugged, or given to others. */
export interface EngineLoss {
  /** Aborted with a sentence that says why. */
  readonly signal: AbortSignal;
  /** Whether it is gone, even if the signal has not been told yet. */
  readonly now: () => boolean;
}

/** What a caller can say to the engines of the browser. */
export interface BrowserEngineOptions extends WasmOptions {}

/** What is known of an engine before anything of it is downloaded. */
export interface Fitness {
  /** Why it cannot run here. */
  readonly missing?: string;
  /** Why it would be slower than the next here; it can still be asked for. */
  readonly slow?: string;
}

interface EngineEntry {
  readonly name: BrowserEngineName;
  /** Asks the browser; downloads nothing. */
  readonly probe: () => Fitness | Promise<Fitness>;
  /** Downloads and starts it. */
  readonly load: (options: BrowserEngineOptions) => Promise<BrowserEngine>;
  /** What somebody does who wants it and does not get it. */
  readonly next: string;
}

/** Best first. */
export const browserEngines: readonly EngineEntry[] = [
  {
    name: 'tfjs-webgpu',
    probe: probeWebgpu,
    load: async () => (await import('./tfjs-webgpu.ts')).tfjsWebgpuEngine(),
    next: "Serve the page by https, use a browser with WebGPU, or leave the choice to engine: 'auto'.",
  },
  {
    name: 'tfjs-webgl',
    probe: probeWebgl,
    load: async () => (await import('./tfjs-webgl.ts')).tfjsWebglEngine(),
    next: "Use a browser with WebGL 2, or leave the choice to engine: 'auto'.",
  },
  {
    name: 'tfjs-wasm',
    probe: () => (typeof WebAssembly === 'object' ? {} : { missing: 'this browser has no WebAssembly' }),
    load: async (options) => (await import('./tfjs-wasm.ts')).tfjsWasmEngine(options),
    next: 'Use a browser of the last five years.',
  },
];

/** An engine that runs the network, and is known to run it rightly. */
export interface StartedEngine {
  readonly engine: BrowserEngine;
  readonly program: Program;
  readonly choice: EngineChoice;
}

/** What {@link startEngine} needs. */
export interface StartEngineOptions extends BrowserEngineOptions {
  /** Network and weights, which may still be on their way while an engine loads. */
  readonly model: Promise<{ readonly network: Network; readonly weights: Weights }>;
  /** Engines that `auto` passes over, with why. */
  readonly avoid?: ReadonlyMap<BrowserEngineName, string>;
  /** Runs the network once; throws if what comes out is wrong. */
  readonly check: (program: Program, engine: BrowserEngine) => Promise<void>;
}

/**
 * Starts an engine and has it checked: the one of that name, or with `auto` the best that passes.
 *
 * @throws SsdliteError `ENGINE_UNAVAILABLE` with what to do about it, `INVALID_ARGUMENT` for an unknown name, and what `model` throws
 */
export async function startEngine(
  wanted: BrowserEngineName | 'auto',
  options: StartEngineOptions,
): Promise<StartedEngine> {
  // Whatever else fails: what is wrong with the model is told as such, and not as a fault of an engine.
  options.model.catch(() => undefined);
  if (wanted !== 'auto') {
    const entry = entryOf(wanted);
    const { missing } = await entry.probe();
    if (missing) throw unavailable(entry, missing);
    const started = await start(entry, options);
    return { ...started, choice: { name: entry.name, reason: 'asked for', unavailable: [] } };
  }
  const passedOver: EngineChoice['unavailable'][number][] = [];
  for (const entry of browserEngines) {
    try {
      const { missing, slow } = await entry.probe();
      const why = options.avoid?.get(entry.name) ?? missing ?? slow;
      if (why !== undefined) passedOver.push({ name: entry.name, why });
      else {
        const started = await start(entry, options);
        const reason =
          passedOver.length === 0 ? 'the best engine in browsers' : 'the best engine that works here';
        return { ...started, choice: { name: entry.name, reason, unavailable: passedOver } };
      }
    } catch (error) {
      await options.model;
      passedOver.push({ name: entry.name, why: messageOf(error) });
    }
  }
  throw new SsdliteError('ENGINE_UNAVAILABLE', 'No engine works in this browser.', {
    value: passedOver,
    next: passedOver.map(({ name, why }) => `${name}: ${why}.`).join(' '),
  });
}

function entryOf(name: string): EngineEntry {
  const entry = browserEngines.find((candidate) => candidate.name === name);
  if (entry) return entry;
  throw new SsdliteError('INVALID_ARGUMENT', `There is no engine '${name}' in the browser.`, {
    value: name,
    next: `Use 'auto' or one of: ${browserEngines.map((candidate) => candidate.name).join(', ')}.`,
  });
}

async function start(
  entry: EngineEntry,
  options: StartEngineOptions,
): Promise<Pick<StartedEngine, 'engine' | 'program'>> {
  let program: Program | undefined;
  try {
    const engine = await entry.load(options);
    const { network, weights } = await options.model;
    program = await engine.compile(network, weights);
    await options.check(program, engine);
    return { engine, program };
  } catch (cause) {
    await program?.dispose();
    await options.model;
    throw cause instanceof SsdliteError && cause.code === 'ENGINE_UNAVAILABLE'
      ? cause
      : unavailable(entry, messageOf(cause), cause);
  }
}

function unavailable({ name, next }: EngineEntry, why: string, cause?: unknown): SsdliteError {
  return new SsdliteError('ENGINE_UNAVAILABLE', `The engine ${name} does not start: ${why}.`, {
    value: name,
    next,
    ...(cause !== undefined && { cause }),
  });
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').replace(/\.$/, '');
}
