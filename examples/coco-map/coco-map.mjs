// COCO's AP of the detector on annotated pictures:
//   node coco-map.mjs [annotations.json] [pictures]

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluate, readGroundTruthFile, statsText } from '@ssdlite/coco-eval/node';
import { createDetector } from 'ssdlite/node';

const here = fileURLToPath(new URL('.', import.meta.url));
const [annotations = join(here, 'annotations.json'), folder = join(here, '../photos')] =
  process.argv.slice(2);

const groundTruth = await readGroundTruthFile(annotations, { type: 'bbox' });
const { images } = groundTruth;
const detector = await createDetector();

/** COCO's results: the detector's class ids are COCO's category ids. */
const results = [];
// From a score of 0.001 on: COCO's AP is taken from the whole curve of precision over recall.
const pictures = images.map(({ file_name: name = '' }) => join(folder, name));
for await (const { index, detections } of detector.detectStream(pictures, { scoreThreshold: 0.001 })) {
  for (const { classId, score, box } of detections) {
    const bbox = [box.x, box.y, box.width, box.height];
    results.push({ image_id: images[index]?.id ?? 0, category_id: classId, bbox, score });
  }
}
await detector.dispose();

const { stats, params, perCategory } = evaluate(groundTruth, results);
process.stdout.write(statsText(stats, params));
console.log(perCategory.map(({ name, stats: { AP = -1 } }) => `${name} ${AP.toFixed(3)}`).join(', '));
