// The web demo, built into a folder as its README says.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Folder of its sources. */
export const webDemo = fileURLToPath(new URL('../../examples/web-demo/', import.meta.url));

export async function buildWebDemo(folder: string): Promise<void> {
  await build({
    root: webDemo,
    configFile: join(webDemo, 'vite.config.ts'),
    logLevel: 'error',
    resolve: { conditions: ['@ssdlite/source', 'module', 'browser', 'production'] },
    build: { outDir: folder, emptyOutDir: true },
  });
}
