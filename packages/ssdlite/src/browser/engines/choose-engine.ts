// How an engine is chosen: the one that is asked for, or the best that works on this machine.

import { SsdliteError } from '@ssdlite/layers';
import type { EngineChoice } from '../../engine.ts';
import type { BrowserEngineEntry, BrowserEngineName, EngineWish } from './browser-engine.ts';
import { browserEngines } from './browser-engines.ts';

/** What {@link chooseEngine} needs. */
export interface ChooseEngineOptions<Started> {
  /** Engines that `auto` passes over, with why. */
  readonly avoid?: ReadonlyMap<BrowserEngineName, string> | undefined;
  /** Starts an engine, and throws unless it gives right answers. */
  readonly start: (entry: BrowserEngineEntry) => Promise<Started>;
  /** Rejects for what no engine can help, such as weights that are damaged; that error goes before those of engines. */
  readonly model: Promise<unknown>;
}

/**
 * Starts the engine of that name, or with `auto` the best that passes.
 *
 * @throws SsdliteError `ENGINE_UNAVAILABLE` with what to do about it, `INVALID_ARGUMENT` for an unknown name, and what `model` throws
 */
export async function chooseEngine<Started>(
  wanted: EngineWish,
  { avoid, start, model }: ChooseEngineOptions<Started>,
): Promise<{ started: Started; choice: EngineChoice }> {
  model.catch(() => undefined);
  if (wanted !== 'auto') {
    const entry = typeof wanted === 'string' ? entryOf(wanted) : wanted;
    const { missing } = await entry.probe();
    if (missing !== undefined) throw unavailable(entry, missing);
    try {
      const started = await start(entry);
      return { started, choice: { name: entry.name, reason: 'asked for', unavailable: [] } };
    } catch (error) {
      await model;
      throw unavailable(entry, messageOf(error), error);
    }
  }
  const passedOver: EngineChoice['unavailable'][number][] = [];
  const slowOnes: BrowserEngineEntry[] = [];
  const attempt = async (entry: BrowserEngineEntry, reason: string) => {
    const { name } = entry;
    try {
      const started = await start(entry);
      const others = passedOver.filter((other) => other.name !== name);
      return { started, choice: { name, reason, unavailable: others } };
    } catch (error) {
      await model;
      // In a worker it is the worker that finds it out.
      if (error instanceof SsdliteError && error.code.startsWith('WEIGHTS_')) throw error;
      passedOver.push({ name, why: messageOf(error) });
      return undefined;
    }
  };
  for (const entry of browserEngines) {
    const { missing, slow } = await Promise.resolve(entry.probe()).catch((error: unknown) => ({
      missing: messageOf(error),
      slow: undefined,
    }));
    const why = avoid?.get(entry.name) ?? missing;
    if (why === undefined && slow === undefined) {
      const isBest = passedOver.length === 0;
      const reason = isBest ? 'the best engine in browsers' : 'the best engine that works here';
      const chosen = await attempt(entry, reason);
      if (chosen) return chosen;
      continue;
    }
    passedOver.push({ name: entry.name, why: why ?? slow ?? '' });
    if (why === undefined) slowOnes.push(entry);
  }
  // Better than none, for instance where the page's policy forbids WebAssembly.
  for (const entry of slowOnes) {
    const chosen = await attempt(entry, 'no engine works fast here');
    if (chosen) return chosen;
  }
  throw new SsdliteError('ENGINE_UNAVAILABLE', 'No engine works in this browser.', {
    value: passedOver,
    next: passedOver.map(({ name, why }) => `${name}: ${why}.`).join(' '),
  });
}

function entryOf(name: string): BrowserEngineEntry {
  const entry = browserEngines.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const isLitert = name === 'litert-wasm';
  throw new SsdliteError('INVALID_ARGUMENT', `There is no engine '${name}' in the browser.`, {
    value: name,
    next: isLitert
      ? 'Pass engine: litert(), of ssdlite/browser/litert.'
      : `Use 'auto' or one of: ${browserEngines.map((candidate) => candidate.name).join(', ')}.`,
  });
}

function unavailable({ name, next }: BrowserEngineEntry, why: string, cause?: unknown): SsdliteError {
  // It says what to do about it already.
  if (cause instanceof SsdliteError) return cause;
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
