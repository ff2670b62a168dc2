// The engines of Node by name, and how one is chosen.
import { SsdliteError } from '@ssdlite/layers';
import type { Engine, EngineChoice } from '../../engine.ts';
import type { NodeEngineOptions } from './engine-options.ts';
import { onnxRuntimeEngine } from './onnxruntime.ts';
import { tfjsNodeEngine, tfjsWasmEngine } from './tfjs.ts';

/** Name of an engine that runs in Node. */
export type NodeEngineName = 'onnxruntime-node' | 'tfjs-wasm' | 'tfjs-node';

interface EngineEntry {
  readonly name: NodeEngineName;
  readonly load: (options: NodeEngineOptions) => Promise<Engine>;
  /** The npm package that brings it. */
  readonly package: string;
  /** What somebody does who wants it and does not have it. */
  readonly install: string;
}

/** Fastest first: measured by `ssdlite bench` on two cores. */
export const nodeEngines: readonly EngineEntry[] = [
  {
    name: 'onnxruntime-node',
    load: onnxRuntimeEngine,
    package: 'onnxruntime-node',
    install: 'Run `npm install onnxruntime-node` (its binary comes inside the package).',
  },
  {
    name: 'tfjs-wasm',
    load: tfjsWasmEngine,
    package: '@tensorflow/tfjs-backend-wasm',
    install: 'Run `npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm`.',
  },
  {
    name: 'tfjs-node',
    load: tfjsNodeEngine,
    package: '@tensorflow/tfjs-node',
    install:
      'Run `npm install @tensorflow/tfjs-node`, or `npm run setup:tfjs-node` in a clone of this project.',
  },
];

/**
 * Loads an engine: the one of that name, or with `auto` the fastest that loads.
 *
 * @throws SsdliteError `ENGINE_UNAVAILABLE` with what to install, `INVALID_ARGUMENT` for an unknown name
 */
export async function chooseEngine(
  wanted: NodeEngineName | 'auto',
  options: NodeEngineOptions,
): Promise<{ engine: Engine; choice: EngineChoice }> {
  if (wanted !== 'auto') {
    const entry = nodeEngines.find(({ name }) => name === wanted);
    if (!entry) {
      throw new SsdliteError('INVALID_ARGUMENT', `There is no engine '${wanted}' in Node.`, {
        value: wanted,
        next: `Use 'auto' or one of: ${nodeEngines.map(({ name }) => name).join(', ')}.`,
      });
    }
    const engine = await load(entry, options);
    return { engine, choice: { name: entry.name, reason: 'asked for', unavailable: [] } };
  }
  const unavailable: EngineChoice['unavailable'][number][] = [];
  for (const entry of nodeEngines) {
    try {
      const engine = await load(entry, options);
      const reason =
        unavailable.length === 0 ? 'the fastest engine in Node' : 'the fastest engine that loads here';
      return { engine, choice: { name: entry.name, reason, unavailable } };
    } catch (error) {
      unavailable.push({ name: entry.name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new SsdliteError('ENGINE_UNAVAILABLE', 'No engine loads in this Node.', {
    value: unavailable,
    next: unavailable.map(({ name, why }) => `${name}: ${why}`).join(' '),
  });
}

async function load({ name, load, install }: EngineEntry, options: NodeEngineOptions): Promise<Engine> {
  try {
    return await load(options);
  } catch (cause) {
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new SsdliteError(
      'ENGINE_UNAVAILABLE',
      `The engine ${name} does not load: ${why.replace(/\.?$/, '.')}`,
      {
        value: name,
        next: install,
        cause,
      },
    );
  }
}
