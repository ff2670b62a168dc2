// Writes TensorFlow.js' WebAssembly files as JavaScript modules, which every bundler and every plain page can load without being told
// where they lie. Part of the set-up; does nothing when they are there.
// @ts-check
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const target = fileURLToPath(new URL('../src/browser/engines/wasm/generated/', import.meta.url));

/** Modules by name, and the file that each holds. */
const files = {
  plain: 'tfjs-backend-wasm.wasm',
  simd: 'tfjs-backend-wasm-simd.wasm',
  'threaded-simd': 'tfjs-backend-wasm-threaded-simd.wasm',
};

const manifest = require.resolve('@tensorflow/tfjs-backend-wasm/package.json');
const { version } = JSON.parse(readFileSync(manifest, 'utf8'));

/** What every thread starts from. As a text: a bundler's minifier would leave names in it that only its module knows. */
const scriptFile = 'tfjs-backend-wasm-threaded-simd.js';

mkdirSync(target, { recursive: true });
for (const [name, file] of Object.entries(files)) {
  write(name, file, () => {
    const base64 = readFileSync(join(dirname(manifest), 'dist', file)).toString('base64');
    return `base64: string =\n  '${base64}'`;
  });
}
write('threaded-simd-script', scriptFile, () => {
  const script = readFileSync(join(dirname(manifest), 'wasm-out', scriptFile), 'utf8');
  return `script: string =\n  ${JSON.stringify(script)}`;
});

/**
 * @param {string} name of the module
 * @param {string} file what it holds
 * @param {() => string} declaration after `export const`; a string of its own type would be repeated in the declarations
 */
function write(name, file, declaration) {
  const path = join(target, `${name}.ts`);
  const title = `// ${file} of @tensorflow/tfjs-backend-wasm ${version} (Apache-2.0), made by scripts/write-wasm-modules.mjs.`;
  if (existsSync(path) && readFileSync(path, 'utf8').startsWith(`${title}\n`)) return;
  writeFileSync(`${path}.partial`, `${title}\n\nexport const ${declaration()};\n`);
  renameSync(`${path}.partial`, path);
}
