// Puts a detector together in the browser: weights, and the engine that works here, on the page or in a worker.

import { SsdliteError } from '@ssdlite/layers';
import type { BrowserDetector } from './browser-detector.ts';
import { resolveCache, type WeightsCache } from './cache/weights-cache.ts';
import type { BrowserEngineName, EngineWish } from './engines/browser-engine.ts';
import { chooseEngine } from './engines/choose-engine.ts';
import type { Progress } from './fetch-bytes.ts';
import { readWeightFiles, type WeightsInput } from './read-weights.ts';
import type { MakeWorker } from './worker/worker-detector.ts';

/** Options of `createDetector`. */
export interface CreateDetectorOptions {
  /** Default: the COCO weights of `@ssdlite/coco-weights`, 5 MB. */
  readonly weights?: WeightsInput;
  /** Default `auto`: the best engine that gives right answers on this machine. `litert()` of `ssdlite/browser/litert` is one more. */
  readonly engine?: EngineWish;
  /**
   * Whether all the work is done in a worker, so that the page is never held up. Bundlers find the workers' files by themselves; where
   * none is at work, or it is one that does not, a function makes them.
   */
  readonly worker?: boolean | MakeWorker;
  /** Threads of `tfjs-wasm`, on pages that are cross-origin isolated. Default: half of the processor's. */
  readonly threads?: number;
  /** Folder with TensorFlow.js' `.wasm` files, instead of the copies inside this package. */
  readonly wasmPath?: string | URL;
  /**
   * Keeps the weights in the browser, by their sha256, and takes them from there the next time: in Cache Storage or in IndexedDB; true
   * is the first, and the second where the page has none, as it came by http. Where the browser's storage refuses, they are downloaded
   * again. Default false: then only the browser's own cache keeps them.
   */
  readonly cache?: boolean | WeightsCache;
  /** Receives how much of the weights has arrived. */
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the download of the weights with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a detector: reads and checks the weights while an engine starts, which first has to give the right answer on a picture where it
 * is known.
 *
 * @throws SsdliteError `FETCH_FAILED`, `WEIGHTS_…` if the weights do not arrive, are damaged or of another architecture,
 *   `ENGINE_UNAVAILABLE`, `INVALID_ARGUMENT`, `ABORTED`
 * @example
 * const detector = await createDetector({ onProgress: ({ loaded, total }) => console.log(loaded, total) });
 * const detections = await detector.detect(document.querySelector('img'), { scoreThreshold: 0.5 });
 * await detector.dispose();
 */
export async function createDetector(options: CreateDetectorOptions = {}): Promise<BrowserDetector> {
  const { engine: wanted = 'auto', worker = false, threads, wasmPath } = options;
  checkOptions(options);
  const files = readWeightFiles(options.weights, options);
  // Told by whoever awaits it first, which is later.
  files.catch(() => undefined);
  const engineOptions = { threads, wasmPath };
  if (worker !== false) {
    const { WorkerDetector } = await import('./worker/worker-detector.ts');
    const makeWorker = worker === true ? undefined : worker;
    return WorkerDetector.start({ ...engineOptions, wanted, weights: files, makeWorker });
  }
  const code = import('./local-detector.ts');
  const model = code.then(({ detectorModel }) => detectorModel(files));
  const start = (avoid?: ReadonlyMap<BrowserEngineName, string>) =>
    chooseEngine(wanted, {
      avoid,
      model: model.then(({ weights }) => weights),
      async start(entry) {
        const engine = entry.load(engineOptions);
        // Told by whoever awaits it, which is later.
        engine.catch(() => undefined);
        return (await model).startOn(engine);
      },
    });
  // The engine is on its way while the weights and the detector's own code are.
  const first = start();
  first.catch(() => undefined);
  return (await code).makeLocalDetector({ model: await model, first, restart: start });
}

const optionNames: readonly (keyof CreateDetectorOptions)[] = [
  'weights',
  'engine',
  'worker',
  'threads',
  'wasmPath',
  'cache',
  'onProgress',
  'signal',
];

function checkOptions({ threads, worker, cache, ...rest }: CreateDetectorOptions): void {
  for (const name of Object.keys(rest)) {
    if ((optionNames as readonly string[]).includes(name)) continue;
    throw new SsdliteError('INVALID_ARGUMENT', `There is no option '${name}'.`, {
      value: name,
      next: `The options are: ${optionNames.join(', ')}.`,
    });
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new SsdliteError('INVALID_ARGUMENT', `threads is ${threads}.`, {
      value: threads,
      next: 'Pass a whole number of at least 1.',
    });
  }
  resolveCache(cache);
  if (worker !== undefined && typeof worker !== 'boolean' && typeof worker !== 'function') {
    throw new SsdliteError('INVALID_ARGUMENT', `worker is of type ${typeof worker}.`, {
      value: worker,
      next: 'Pass true, false, or a function that makes a worker: (engine) => new Worker(…).',
    });
  }
}
