// The worker's side: a detector of its own, with one engine, that does what the page asks for.

import type { BrowserEngine } from '../engines/browser-engine.ts';
import type { ChosenEngine } from '../engines/engine-session.ts';
import { detectorModel, type LocalDetector, makeLocalDetector } from '../local-detector.ts';
import type { WeightFiles } from '../read-weights.ts';
import {
  type Calls,
  type FromWorker,
  type Listeners,
  type SentPicture,
  sentError,
  type ToWorker,
} from './messages.ts';

/** What of a worker's global scope is used: the DOM's types have the page's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

/**
 * Serves a detector to the page that started this worker.
 *
 * @param load starts the engine with what `prepareWorker` of its table row sent
 */
export function serveDetector(load: (options: unknown) => Promise<BrowserEngine>): void {
  const scope = globalThis as unknown as WorkerScope;
  const aborts = new Map<number, AbortController>();
  let engine: LoadingEngine | undefined;
  let detector: LocalDetector | undefined;

  scope.onmessage = async ({ data: message }) => {
    switch (message.kind) {
      case 'load':
        engine = { first: load(message.options), again: () => load(message.options) };
        // What goes wrong is told when the weights are here.
        engine.first.catch(() => undefined);
        break;
      case 'start':
        try {
          if (engine) detector = await start(message, engine);
          scope.postMessage({ kind: 'started' });
        } catch (error) {
          scope.postMessage({ kind: 'failed', error: sentError(error) });
        }
        break;
      case 'call':
        if (detector) await answer(detector, message);
        break;
      case 'abort':
        aborts.get(message.id)?.abort();
        break;
      case 'dispose':
        await detector?.dispose();
        scope.postMessage({ kind: 'disposed' });
    }
  };

  async function answer(from: LocalDetector, call: Extract<ToWorker, { kind: 'call' }>): Promise<void> {
    const { id, method, images, options: sent, listeners } = call;
    const abort = new AbortController();
    aborts.set(id, abort);
    try {
      const tell = (listener: keyof Listeners) => (value: unknown) =>
        scope.postMessage({ kind: 'told', id, listener, value });
      const told = Object.fromEntries(listeners.map((name) => [name, tell(name)]));
      const options = { ...sent, signal: abort.signal, ...told };
      const value = await calls[method](from, images, options);
      scope.postMessage({ kind: 'result', id, value, reason: from.engine.reason }, transferOf(value));
    } catch (error) {
      scope.postMessage({ kind: 'error', id, error: sentError(error) });
    } finally {
      aborts.delete(id);
      for (const image of images) if (typeof image === 'object' && 'close' in image) image.close();
    }
  }
}

/** The engine that a worker was made for. */
interface LoadingEngine {
  readonly first: Promise<BrowserEngine>;
  readonly again: () => Promise<BrowserEngine>;
}

function start(files: WeightFiles, { first, again }: LoadingEngine): Promise<LocalDetector> {
  const model = detectorModel(Promise.resolve(files));
  const startOn = async (engine: Promise<BrowserEngine>): Promise<ChosenEngine> => {
    const started = await model.startOn(engine);
    return { started, choice: { name: started.engine.name, reason: '', unavailable: [] } };
  };
  return makeLocalDetector({
    model,
    first: startOn(first),
    async restart(avoid) {
      // It was lost too often: the page looks for another.
      for (const [name, why] of avoid) throw new Error(`${name} was given up, as ${why}`);
      return startOn(again());
    },
  });
}

type CallOptions = NonNullable<Parameters<LocalDetector['detect']>[1]>;

const calls: {
  readonly [Method in keyof Calls]: (
    detector: LocalDetector,
    images: readonly SentPicture[],
    options: CallOptions,
  ) => Promise<Calls[Method]>;
} = {
  async one(detector, images, options) {
    // A stream of one tells the picture's size as well.
    for await (const { width, height, detections } of detector.detectStream(images, options))
      return { width, height, detections };
    throw new Error('There is no picture.');
  },
  batch: (detector, images, options) => detector.detectBatch(images, options),
  prediction(detector, [image], { region, letterbox, signal }) {
    if (image === undefined) throw new Error('There is no picture.');
    return detector.predict(image, {
      ...(region && { region }),
      ...(letterbox !== undefined && { letterbox }),
      ...(signal && { signal }),
    });
  },
};

/** The large parts of a result are handed over, not copied. */
function transferOf(value: Calls[keyof Calls]): Transferable[] {
  if (!('logits' in value)) return [];
  const buffers = [value.boxes, value.logits, value.anchors].map(({ buffer }) => buffer);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
