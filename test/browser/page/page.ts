// The page that the tests drive: what `ssdlite/browser` exports, where they can reach it, and another TensorFlow.js program.

import * as ssdlite from 'ssdlite/browser';

declare global {
  /** Everything that `ssdlite/browser` exports. */
  var lib: typeof ssdlite;
  /** TensorFlow.js as another program has it, with its backends registered. */
  var loadTfjs: () => Promise<typeof import('./tfjs-program.ts')>;
}

globalThis.lib = ssdlite;
globalThis.loadTfjs = () => import('./tfjs-program.ts');
