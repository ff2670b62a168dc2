// Makes the two files of packages/coco-weights/weights again: npm run make-weights. They are the same bytes each time.

import { fileURLToPath } from 'node:url';
import { writeDetectorWeights } from 'ssdlite/node';
import { importCocoWeights } from './import-coco-weights.mjs';

const folder = fileURLToPath(new URL('../../packages/coco-weights/weights', import.meta.url));
const written = await writeDetectorWeights(folder, await importCocoWeights());
console.log(`${written.weights}\n${written.manifest}`);
