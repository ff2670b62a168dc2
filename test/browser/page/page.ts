// The page that the tests drive: what `ssdlite/browser` exports, where they can reach it.

import * as ssdlite from 'ssdlite/browser';

declare global {
  /** Everything that `ssdlite/browser` exports. */
  var lib: typeof ssdlite;
}

globalThis.lib = ssdlite;
