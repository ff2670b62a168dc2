// Makes each worker of `ssdlite/browser` one file without imports, in dist/. Part of packing: where no bundler is at work, or one that
// leaves workers alone (Vite's development server does, for packages), a worker is loaded as it lies there.
// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const from = fileURLToPath(new URL('../src/browser/worker/', import.meta.url));
const to = fileURLToPath(new URL('../dist/browser/worker/', import.meta.url));

// Those that call it are workers.
const names = readdirSync(from).filter((name) => /^serveDetector\(/m.test(readFileSync(from + name, 'utf8')));
for (const name of names) {
  await build({
    input: from + name,
    platform: 'browser',
    resolve: { conditionNames: ['@ssdlite/source', 'browser', 'import', 'default'] },
    // Emscripten looks for Node's names, which bundlers that meet this file again would put something in place of.
    transform: { define: { 'typeof __filename': '"undefined"', __filename: 'undefined' } },
    output: {
      file: to + name.replace(/\.ts$/, '.js'),
      format: 'esm',
      minify: true,
      codeSplitting: false,
      banner: '/*! ssdlite and the parts of TensorFlow.js that it needs, both Apache-2.0 */',
    },
    logLevel: 'warn',
  });
}
