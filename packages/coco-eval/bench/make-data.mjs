// Made-up data shaped like COCO val2017, the same on every machine: `node bench/make-data.mjs FOLDER [--type bbox|segm|keypoints]
// [--images N] [--detections N]` writes annotations.json and detections.json. Numbers have the digits that detectors write: float32.

import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mask } from '@ssdlite/coco-eval';

/** Ground truths and detections of a picture, on average: those of COCO val2017 and a detector that writes 100 a picture. */
const shapes = {
  bbox: { truths: 7.36, detections: 100 },
  segm: { truths: 7.36, detections: 11 },
  keypoints: { truths: 2.2, detections: 5 },
};

/** mulberry32. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers(20260726);
const whole = (limit) => Math.floor(random() * limit);
const float32 = Math.fround;
const hundredths = (value) => Math.round(value * 100) / 100;
const categories = Array.from({ length: 80 }, (_, i) => ({
  id: i + 1 + Math.floor(i / 8),
  name: `category ${i + 1}`,
}));
/** A third are of the first one, as persons are in COCO. */
const anyCategory = () => categories[random() < 0.3 ? 0 : Math.floor(random() ** 2 * 80)].id;

/** Left, top, width, height, small as often as COCO's. */
function anyBox({ width, height }) {
  const side = [8 + random() * 24, 32 + random() * 64, 96 + random() ** 2 * 300][whole(3)];
  const ratio = 0.5 + random();
  const w = Math.min(width, side * ratio);
  const h = Math.min(height, side / ratio);
  return [random() * (width - w), random() * (height - h), w, h];
}

const moved = ([x, y, w, h], by) => {
  const off = () => (random() - 0.5) * 2 * by;
  return [x + off() * w, y + off() * h, w * (1 + off()), h * (1 + off())];
};

/** A blob within a box: x, y of some corners around its middle. */
function blob([x, y, w, h], corners) {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners;
    const radius = 0.35 + 0.15 * random();
    return [
      hundredths(x + w * (0.5 + radius * Math.cos(angle))),
      hundredths(y + h * (0.5 + radius * Math.sin(angle))),
    ];
  }).flat();
}

const points = (box, visibility) =>
  Array.from({ length: 17 }, () => {
    const v = visibility();
    return v === 0
      ? [0, 0, 0]
      : [Math.round(box[0] + random() * box[2]), Math.round(box[1] + random() * box[3]), v];
  }).flat();

const truthFields = {
  bbox: (box) => ({ area: hundredths(box[2] * box[3] * (0.4 + random() * 0.4)) }),
  segm: (box) => ({ area: hundredths(box[2] * box[3] * 0.6), segmentation: [blob(box, 8 + whole(24))] }),
  keypoints: (box) => {
    const keypoints = points(box, () => [0, 1, 2, 2][whole(4)]);
    return {
      area: hundredths(box[2] * box[3] * 0.6),
      keypoints,
      num_keypoints: keypoints.filter((v, i) => i % 3 === 2 && v > 0).length,
    };
  },
};

const detectionFields = {
  bbox: (box) => ({ bbox: box.map(float32) }),
  segm: (box, { image, truth }) => {
    const polygon = truth
      ? truth.segmentation[0].map((value, i) => value + (box[i % 2] - truth.bbox[i % 2]))
      : blob(box, 16);
    return { segmentation: mask.toCompressed(mask.fromPolygon(polygon, image)) };
  },
  keypoints: (box, { truth }) => {
    const off = 1 + random() * 12;
    const near = truth?.keypoints.map((value, i) =>
      i % 3 === 2 ? 1 : float32(value + (random() - 0.5) * off),
    );
    return { keypoints: near ?? points(box, () => 1).map(float32) };
  },
};

/** One picture's ground truths and detections. */
function makePicture(type, { image, firstId, counts }) {
  const truths = Array.from({ length: counts.truths }, (_, i) => {
    const iscrowd = type !== 'keypoints' && random() < 0.012 ? 1 : 0;
    const box = anyBox(image).map(hundredths);
    const category_id = type === 'keypoints' ? 1 : anyCategory();
    return {
      id: firstId + i,
      image_id: image.id,
      category_id,
      bbox: box,
      iscrowd,
      ...truthFields[type](box),
    };
  });
  const detections = Array.from({ length: counts.detections }, () => {
    const truth = random() < 0.6 ? truths[whole(truths.length)] : undefined;
    const box = truth ? moved(truth.bbox, [0.02, 0.1, 0.3][whole(3)]) : anyBox(image);
    const isRight = truth && random() < 0.8;
    return {
      image_id: image.id,
      category_id: isRight ? truth.category_id : type === 'keypoints' ? 1 : anyCategory(),
      ...detectionFields[type](box, { image, truth }),
      score: float32(isRight ? 0.2 + 0.8 * random() : random() ** 3),
    };
  });
  return { truths, detections };
}

/** Writes both files, picture by picture. */
export async function makeData(
  folder,
  { type = 'bbox', images: imageCount = 5000, detections: most = Infinity } = {},
) {
  mkdirSync(folder, { recursive: true });
  const [annotationsFile, detectionsFile] = await Promise.all(
    ['annotations.json', 'detections.json'].map((name) => open(join(folder, name), 'w')),
  );
  const images = Array.from({ length: imageCount }, (_, i) => ({
    id: 139 + 37 * i,
    width: i % 3 ? 640 : 480,
    height: i % 3 ? 480 : 640,
    file_name: `${139 + 37 * i}.jpg`,
  }));
  const total = { truths: 0, detections: 0 };
  const perPicture = Math.min(shapes[type].detections, most / imageCount);
  await annotationsFile.write(
    `{"images":${JSON.stringify(images)},"categories":${JSON.stringify(type === 'keypoints' ? categories.slice(0, 1) : categories)},"annotations":[`,
  );
  let [truthText, detectionText] = ['', '['];
  for (const [i, image] of images.entries()) {
    const upTo = (rate) => Math.round(rate * (i + 1)) - Math.round(rate * i);
    const counts = { truths: upTo(shapes[type].truths), detections: upTo(perPicture) };
    const made = makePicture(type, { image, firstId: total.truths + 1, counts });
    for (const truth of made.truths) truthText += `${total.truths++ ? ',' : ''}${JSON.stringify(truth)}`;
    for (const detection of made.detections)
      detectionText += `${total.detections++ ? ',' : ''}${JSON.stringify(detection)}`;
    if (detectionText.length > 2 ** 22 || i === images.length - 1) {
      await Promise.all([annotationsFile.write(truthText), detectionsFile.write(detectionText)]);
      [truthText, detectionText] = ['', ''];
    }
  }
  await annotationsFile.write(']}');
  await detectionsFile.write(']');
  await Promise.all([annotationsFile.close(), detectionsFile.close()]);
  return { images: imageCount, ...total };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { type: { type: 'string', default: 'bbox' }, images: { type: 'string', default: '5000' } },
  });
  if (!positionals[0]) throw new Error('Name the folder to write to.');
  console.log(await makeData(positionals[0], { type: values.type, images: Number(values.images) }));
}
