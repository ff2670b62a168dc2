// `npm start`: sets up the clone, detects objects in a sample photo or in the user's own, and draws them into `out`.
// @ts-check
import { join, relative } from 'node:path';
import { runCommandLine, standpoint } from './command-line.mjs';
import { asScript } from './run.mjs';
import { setUp } from './setup.mjs';
import { root } from './workspace.mjs';

const sample = join(root, 'examples/photos/bike-shop.jpg');

await asScript(import.meta.url, async () => {
  const args = process.argv.slice(2);
  await setUp();
  const photos = args.length > 0 ? args : [relative(standpoint('start'), sample)];
  const out = args.some((arg) => arg === '--out' || arg.startsWith('--out=')) ? [] : ['--out', 'out'];
  return runCommandLine(['detect', ...out, ...photos], { script: 'start' });
});
