// Bundles what runs inside of a report's page (its script with the chart library, its style) into dist/report/page, from where reports
// are written. Quick when nothing has changed.
// @ts-check
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const sources = join(folder, 'src/report/page');
const outputs = join(folder, 'dist/report/page');

if (!isFresh()) await bundle();

async function bundle() {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: folder,
    publicDir: false,
    logLevel: 'error',
    build: {
      outDir: outputs,
      target: 'es2022',
      // The first that know light-dark(): for others it would be rewritten, and not follow the page's own switch.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      rolldownOptions: {
        input: { main: join(sources, 'main.ts'), page: join(sources, 'page.css') },
        output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
      },
    },
  });
  const license = readFileSync(fileURLToPath(import.meta.resolve('uplot/LICENSE')), 'utf8');
  const script = join(outputs, 'main.js');
  writeFileSync(script, `/* Contains uPlot.\n${license.trim()}\n*/\n${readFileSync(script, 'utf8')}`);
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
