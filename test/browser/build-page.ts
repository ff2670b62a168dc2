// The tests' page, bundled by Vite as an app's would be, in memory.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const page = fileURLToPath(new URL('./page/', import.meta.url));

/** Files by path from the root, without a slash in front. */
export type PageFiles = ReadonlyMap<string, string | Uint8Array>;

/**
 * Bundles the page from the sources.
 *
 * @param root folder of its `index.html`
 */
export async function buildPage(root = page): Promise<PageFiles> {
  const result = await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@ssdlite/source', 'module', 'browser', 'production'] },
    build: { write: false, target: 'es2022', assetsInlineLimit: 0, minify: false },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const files = new Map<string, string | Uint8Array>();
  for (const output of outputs) {
    if (!('output' in output)) throw new Error('Vite watches instead of building.');
    for (const file of output.output)
      files.set(file.fileName, file.type === 'chunk' ? file.code : file.source);
  }
  return files;
}
