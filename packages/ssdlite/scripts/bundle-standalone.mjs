// Makes `ssdlite.browser.js`, the detector for pages without a build, with what it loads beside it: workers, WebAssembly, weights.
// Part of packing, into dist/standalone; `node scripts/bundle-standalone.mjs FOLDER` puts it elsewhere.
// @ts-check
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleModule } from './bundle-module.mjs';

const source = fileURLToPath(new URL('../src/browser/', import.meta.url));
const target = argv[2] ?? fileURLToPath(new URL('../dist/standalone/', import.meta.url));
const require = createRequire(import.meta.url);

mkdirSync(target, { recursive: true });
const plugins = [withoutBinaries()];
const define = { litertVersion: JSON.stringify(litertVersion()) };
for (const [script, name] of Object.entries({
  'standalone.ts': 'browser',
  'standalone-litert.ts': 'litert',
  'worker/tfjs-webgpu.ts': 'worker.tfjs-webgpu',
  'worker/tfjs-webgl.ts': 'worker.tfjs-webgl',
  'worker/tfjs-wasm.ts': 'worker.tfjs-wasm',
  'litert/litert-worker.ts': 'worker.litert-wasm',
})) {
  await bundleModule(join(source, script), join(target, `ssdlite.${name}.js`), { plugins, define });
}
copyFrom(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist'), /\.wasm$/);
const manifest = require.resolve('@ssdlite/coco-weights/weights/ssdlite-mobilenet-v2-coco.json');
copyFrom(dirname(manifest), /\.(json|safetensors)$/);

/** @returns {string} */
function litertVersion() {
  // The package exports its main file alone.
  const manifest = join(dirname(require.resolve('@litertjs/core')), '../package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/**
 * WebAssembly lies beside the script, where `wasmPath` says: its copies as JavaScript are left out.
 * @returns {import('rolldown').Plugin}
 */
function withoutBinaries() {
  const generated = /[/\\]generated[/\\](plain|simd|threaded-simd)\.ts$/;
  return {
    name: 'without-binaries',
    load: (id) => (generated.test(id) ? "export const base64 = '';" : undefined),
  };
}

/**
 * @param {string} folder
 * @param {RegExp} names
 */
function copyFrom(folder, names) {
  for (const name of readdirSync(folder).filter((file) => names.test(file))) {
    copyFileSync(join(folder, name), join(target, name));
  }
}
