// Makes each worker of `ssdlite/browser` one file without imports, in dist/. Part of packing: where no bundler is at work, or one that
// leaves workers alone (Vite's development server does, for packages), a worker is loaded as it lies there.
// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleModule } from './bundle-module.mjs';

const from = fileURLToPath(new URL('../src/browser/', import.meta.url));
const to = fileURLToPath(new URL('../dist/browser/', import.meta.url));

for (const folder of ['worker', 'litert']) {
  for (const name of readdirSync(join(from, folder))) {
    const source = join(from, folder, name);
    // Those that call it are workers.
    if (!/^serveDetector\(/m.test(readFileSync(source, 'utf8'))) continue;
    await bundleModule(source, join(to, folder, name.replace(/\.ts$/, '.js')));
  }
}
