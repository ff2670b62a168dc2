// Makes a module and all that it imports one file without imports.
// @ts-check
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'rolldown';

const hashes = dirname(createRequire(import.meta.url).resolve('@noble/hashes/sha2.js'));
const banner = `/*! ssdlite and the parts of TensorFlow.js or LiteRT that it needs, all Apache-2.0; SHA-256 of @noble/hashes:
${readFileSync(join(hashes, 'LICENSE'), 'utf8').trim()}
*/`;

/**
 * @param {string} input path of the module
 * @param {string} file path of the bundle
 * @param {{ plugins?: import('rolldown').Plugin[]; define?: Record<string, string> }} [options] define: expressions for names
 */
export async function bundleModule(input, file, { plugins = [], define = {} } = {}) {
  await build({
    input,
    platform: 'browser',
    resolve: { conditionNames: ['@ssdlite/source', 'browser', 'import', 'default'] },
    plugins,
    // Emscripten looks for Node's names, which bundlers that meet this file again would put something in place of.
    transform: { define: { 'typeof __filename': '"undefined"', __filename: 'undefined', ...define } },
    output: {
      file,
      format: 'esm',
      minify: true,
      codeSplitting: false,
      banner,
    },
    logLevel: 'warn',
  });
}
