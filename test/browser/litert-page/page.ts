// The page on which the tests drive LiteRT, as a user's would import it.

import { createDetector } from 'ssdlite/browser';
import { litert } from 'ssdlite/browser/litert';

declare global {
  var litertPage: { readonly createDetector: typeof createDetector; readonly litert: typeof litert };
}

globalThis.litertPage = { createDetector, litert };
