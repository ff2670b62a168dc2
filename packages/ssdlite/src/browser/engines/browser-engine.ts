// What an engine of the browser is, and what is known of it before it is loaded.

import type { Engine } from '../../engine.ts';
import type { WasmOptions } from './wasm/read-wasm.ts';

/** Name of an engine that runs in the browser; `litert-wasm` is made by `litert` of `ssdlite/browser/litert`. */
export type BrowserEngineName = 'tfjs-webgpu' | 'tfjs-webgl' | 'tfjs-wasm' | 'litert-wasm';

/** The engine that is asked for: by name, `auto` for the best that works, or one that is not in the table. */
export type EngineWish = BrowserEngineName | 'auto' | BrowserEngineEntry;

/** An engine of the browser. */
export interface BrowserEngine extends Engine {
  readonly name: BrowserEngineName;
  /** Largest side of the pictures that its programs' `runPictures` takes; undefined if they have none. */
  readonly maxPictureSide?: number;
  /**
   * Whether a small network proves that it computes rightly. So it is where kernels are ready for every network and size once they have
   * run: then they are warm before the weights are here. Default: the detector's own network, which warms it up for its size.
   */
  readonly provenByKernels?: boolean;
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

/** What an engine in a worker is given by the page. */
export interface WorkerEngineStart {
  /** Sent along with `engine`'s own. */
  readonly options: unknown;
  /** Parts of `options` that are handed over, not copied. */
  readonly transfer: readonly Transferable[];
}

/** What is known of an engine before anything of it is downloaded. */
export interface Fitness {
  /** Why it cannot run here. */
  readonly missing?: string;
  /** Why it would be slower than the next here; it can still be asked for. */
  readonly slow?: string;
}

/** A row of the table `browserEngines`. */
export interface BrowserEngineEntry {
  readonly name: BrowserEngineName;
  /** Asks the browser; downloads nothing. */
  readonly probe: () => Fitness | Promise<Fitness>;
  /** Downloads and starts it. */
  readonly load: (options: BrowserEngineOptions) => Promise<BrowserEngine>;
  /** A worker with this engine alone, which serves a detector: see `worker/serve-detector.ts`. */
  readonly makeWorker: () => Worker;
  /** What that worker's engine needs from the page. */
  readonly prepareWorker?: (options: BrowserEngineOptions) => Promise<WorkerEngineStart>;
  /** What somebody does who wants it and does not get it. */
  readonly next: string;
}
