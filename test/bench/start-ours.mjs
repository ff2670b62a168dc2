// A fresh process: this detector from nothing to the first boxes of one photo. Prints milliseconds since Node itself was ready.

import { createDetector } from 'ssdlite/node';

const detector = await createDetector();
const found = await detector.detect(process.argv[2]);
console.log(
  JSON.stringify({
    milliseconds: performance.now() - performance.nodeTiming.bootstrapComplete,
    found: found.length,
  }),
);
await detector.dispose();
