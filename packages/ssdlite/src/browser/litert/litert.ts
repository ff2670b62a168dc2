// The row of LiteRT in the table of engines. It is handed to `createDetector`, so that pages without it carry none of it.

import { SsdliteError } from '@ssdlite/layers';
import type { BrowserEngineEntry } from '../engines/browser-engine.ts';
import { litertFiles } from './litert-files.ts';

/** Options of {@link litert}. */
export interface LitertOptions {
  /**
   * Address of the folder `wasm` of the package `@litertjs/core`, relative to the page. Default: the files as Vite, webpack and Next.js
   * find them by themselves; everybody else has to copy the folder to where the page is served from.
   */
  readonly path?: string | URL;
}

/**
 * The engine `litert-wasm`: XNNPACK in WebAssembly, with threads where the page is cross-origin isolated. With two threads it takes
 * three quarters of the time of `tfjs-wasm`, with one about the same, for 2.9 MB more to download. Needs the package `@litertjs/core`,
 * which runs once a page: its first detector decides about threads.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`
 * @example
 * import { litert } from 'ssdlite/browser/litert';
 * const detector = await createDetector({ engine: litert(), worker: true });
 */
export function litert({ path }: LitertOptions = {}): BrowserEngineEntry {
  if (path !== undefined && !(path instanceof URL) && typeof path !== 'string') {
    throw new SsdliteError('INVALID_ARGUMENT', `path is of type ${typeof path}.`, {
      value: path,
      next: 'Pass the address of a folder, for instance /litert/.',
    });
  }
  return {
    name: 'litert-wasm',
    probe: () => (typeof WebAssembly === 'object' ? {} : { missing: 'this browser has no WebAssembly' }),
    async load({ threads }) {
      const { litertEngine } = await import('./litert-engine.ts');
      return litertEngine({ files: litertFiles(path), threads });
    },
    // Written out in full for bundlers, which look for exactly this form.
    makeWorker: () => new Worker(new URL('./litert-worker.js', import.meta.url), { type: 'module' }),
    prepareWorker: async ({ threads }) => ({ options: { files: litertFiles(path), threads }, transfer: [] }),
    next: 'Pass litert({ path }) the address of the folder wasm of @litertjs/core, or use another engine.',
  };
}
