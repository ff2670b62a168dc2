// `npm run demo`: sets up the clone, builds the web demo and serves it; options go to Vite (`--port 8080`, `--host`, `--open`).
// @ts-check
import { join } from 'node:path';
import { execPath } from 'node:process';
import { asScript, mustRun, passThrough } from './run.mjs';
import { setUp } from './setup.mjs';
import { root } from './workspace.mjs';

const folder = join(root, 'examples/web-demo');
const vite = join(folder, 'node_modules/vite/bin/vite.js');

await asScript(import.meta.url, async () => {
  await setUp();
  await mustRun(execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: folder,
    failed: 'The demo could not be built; see above.',
  });
  return passThrough(execPath, [vite, 'preview', ...process.argv.slice(2)], { cwd: folder });
});
