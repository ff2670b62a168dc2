// A fresh process: this detector from nothing to the first boxes of one photo. Prints milliseconds since the process began.

import { createDetector } from 'ssdlite/node';

const detector = await createDetector();
const found = await detector.detect(process.argv[2]);
console.log(JSON.stringify({ milliseconds: performance.now(), found: found.length }));
await detector.dispose();
