// `npm run ssdlite -- ...`: the command line of this clone, set up first.
// @ts-check
import { runCommandLine } from './command-line.mjs';
import { asScript } from './run.mjs';
import { setUp } from './setup.mjs';

await asScript(import.meta.url, async () => {
  await setUp();
  return runCommandLine(process.argv.slice(2), { script: 'ssdlite' });
});
