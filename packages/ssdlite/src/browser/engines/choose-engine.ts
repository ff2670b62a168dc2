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
  for (const entry of browserEngines) {
    try {
      const { missing, slow } = await entry.probe();
      const why = avoid?.get(entry.name) ?? missing ?? slow;
      if (why !== undefined) passedOver.push({ name: entry.name, why });
      else {
        const started = await start(entry);
        const best =
          passedOver.length === 0 ? 'the best engine in browsers' : 'the best engine that works here';
        return { started, choice: { name: entry.name, reason: best, unavailable: passedOver } };
      }
    } catch (error) {
      await model;
      // In a worker it is the worker that finds it out.
      if (error instanceof SsdliteError && error.code.startsWith('WEIGHTS_')) throw error;
      passedOver.push({ name: entry.name, why: messageOf(error) });
    }
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
