// Bundles what runs inside of a report's page (its script with the chart library, its style) into dist/report/page, from where reports
// are written. Quick when nothing has changed.
// @ts-check
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const sources = join(folder, 'src/report/page');
const outputs = join(folder, 'dist/report/page');

if (!isFresh()) await bundle();

async function bundle() {
  const { build } = await import('esbuild');
  const library = dirname(fileURLToPath(import.meta.resolve('uplot/package.json')));
  const license = readFileSync(join(library, 'LICENSE'), 'utf8');
  await build({
    entryPoints: [join(sources, 'main.ts'), join(sources, 'page.css')],
    outdir: outputs,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    banner: { js: `/* Contains uPlot.\n${license.trim()}\n*/` },
    logLevel: 'error',
  });
}

/** From outside of its folder the page imports types and the library, whose version is in package.json. */
function isFresh() {
  const inputs = [
    ...readdirSync(sources).map((name) => join(sources, name)),
    join(folder, 'package.json'),
    fileURLToPath(import.meta.url),
  ];
  const newest = Math.max(...inputs.map(modified));
  return ['main.js', 'page.css'].every((name) => modified(join(outputs, name)) > newest);
}

/** @param {string} path */
function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}
