// A fresh process: coco-ssd from nothing to the first boxes of one photo. Prints milliseconds since Node itself was ready.

import sharp from 'sharp';
import { detectWithCocoSsd, loadCocoSsd } from './coco-ssd.mjs';

const model = await loadCocoSsd();
const { data, info } = await sharp(process.argv[2]).removeAlpha().raw().toBuffer({ resolveWithObject: true });
const found = await detectWithCocoSsd(model, { data, width: info.width, height: info.height });
console.log(
  JSON.stringify({
    milliseconds: performance.now() - performance.nodeTiming.bootstrapComplete,
    found: found.length,
  }),
);
