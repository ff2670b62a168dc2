// The page that the tests drive: what `ssdlite/browser` exports, where they can reach it, and another TensorFlow.js program.

import * as ssdlite from 'ssdlite/browser';

declare global {
  /** Everything that `ssdlite/browser` exports. */
  var lib: typeof ssdlite;
  /** Where tests keep a detector between their steps. */
  var detector: ssdlite.BrowserDetector;
  /** A video that plays, made by the tests of videos. */
  var makeVideo: () => Promise<HTMLVideoElement>;
  /** A camera that is being followed between a test's steps. */
  var following: Promise<{ readonly seen: number; readonly source: unknown }>;
  /** What workers have said, kept by the tests of views. */
  var workerMessages: { readonly listener?: string }[];
  /** Devices that the tests of losses take away. */
  var lost: { readonly contexts: WebGL2RenderingContext[]; readonly devices: GPUDevice[] };
  /** TensorFlow.js as another program has it, with its backends registered. */
  var loadTfjs: () => Promise<typeof import('./tfjs-program.ts')>;
  /** Convolutions on WebGL, next to plain loops. */
  var loadComparison: () => Promise<typeof import('./compare-with-plain.ts')>;
}

globalThis.lib = ssdlite;
globalThis.loadTfjs = () => import('./tfjs-program.ts');
globalThis.loadComparison = () => import('./compare-with-plain.ts');
