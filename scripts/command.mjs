// `npm run ssdlite -- ...` and `npm run coco-eval -- ...`: a command line of this clone, set up first.
// @ts-check
import { runCommandLine } from './command-line.mjs';
import { asScript } from './run.mjs';
import { setUp } from './setup.mjs';

await asScript(import.meta.url, async () => {
  const [command, ...args] = process.argv.slice(2);
  await setUp();
  return runCommandLine(args, { command: command === 'coco-eval' ? command : 'ssdlite' });
});
