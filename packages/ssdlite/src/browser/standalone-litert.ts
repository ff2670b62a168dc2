// ssdlite.litert.js: `ssdlite/browser/litert` for pages without a build, beside `ssdlite.browser.js`.

import type { BrowserEngineEntry } from './engines/browser-engine.ts';
import { type LitertOptions, litert as litertFrom } from './litert/index.ts';

/** Version of `@litertjs/core` whose script is in this file; put here when it is bundled. */
declare const litertVersion: string;

/**
 * `litert` of `ssdlite/browser/litert`. Without a `path` LiteRT's files come from where a CDN of npm has them: beside the folder of the
 * package `ssdlite` that this file lies in.
 */
export function litert({ path }: LitertOptions = {}): BrowserEngineEntry {
  const onCdn = new URL(`../../../@litertjs/core@${litertVersion}/wasm/`, import.meta.url);
  return litertFrom({ path: path ?? onCdn });
}
