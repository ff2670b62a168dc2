// Whether memory stays flat: resident megabytes along a stream of pictures.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDetector } from 'ssdlite/node';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'string', default: '1000' }, engine: { type: 'string', default: 'auto' } },
});
const folder = positionals[0] ?? new URL('../../examples/photos/', import.meta.url).pathname;
const paths = (await readdir(folder))
  .filter((name) => name.endsWith('.jpg'))
  .map((name) => join(folder, name));
const count = Number(values.pictures);

function* repeated() {
  for (let index = 0; index < count; index++) yield paths[index % paths.length];
}

const detector = await createDetector({ engine: values.engine });
const rows = [];
let peak = 0;
let peakOfFirst = 0;
for await (const { index } of detector.detectStream(repeated())) {
  const megabytes = process.memoryUsage.rss() / 2 ** 20;
  peak = Math.max(peak, megabytes);
  if (index < 100) peakOfFirst = Math.max(peakOfFirst, megabytes);
  if ((index + 1) % (count / 10) === 0) rows.push(`${index + 1}: ${megabytes.toFixed(0)}`);
}
console.log(`engine ${detector.engine.name}; resident MiB after pictures: ${rows.join(', ')}`);
console.log(`peak of the first 100: ${peakOfFirst.toFixed(0)} MiB, of all: ${peak.toFixed(0)} MiB`);
await detector.dispose();
