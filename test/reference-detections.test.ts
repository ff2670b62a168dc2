// Reference detections of these weights on 50 COCO pictures, found again: each one with a score of at least 0.3.
// They were made from pixels that jpeg-js decoded. Decoders differ by a few grey levels, which moves some scores by more than the
// bound (libjpeg's: up to 0.06), so the same decoder is used here.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decode } from 'jpeg-js';
import { createDetector, type Detection, type NodeDetector } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importCocoWeights } from './coco-weights/import-coco-weights.mjs';

interface CocoResult {
  readonly image_id: number;
  readonly category_id: number;
  /** Left, top, width, height. */
  readonly bbox: readonly [number, number, number, number];
  readonly score: number;
}

const shared = new URL('../../shared/', import.meta.url);
const absent = !existsSync(new URL('goldens/ref_train2017.json', shared));
if (absent) process.stderr.write('reference-detections: ../shared is absent, skipped\n');

describe.skipIf(absent)('with float32 weights', () => {
  let detector: NodeDetector;
  let reference: CocoResult[];

  beforeAll(async () => {
    detector = await createDetector({ weights: await importCocoWeights({ encoding: 'float32' }) });
    reference = JSON.parse(await readFile(new URL('goldens/ref_train2017.json', shared), 'utf8'));
  });
  afterAll(() => detector.dispose());

  test('all of the reference is found again: IoU at least 0.99, score within 0.001', async () => {
    const wanted = reference.filter(({ score }) => score >= 0.3);
    expect(wanted).toHaveLength(205);
    const missed: CocoResult[] = [];
    for (const id of new Set(wanted.map(({ image_id }) => image_id))) {
      const name = `${String(id).padStart(12, '0')}.jpg`;
      const { data, width, height } = decode(
        await readFile(new URL(`data/coco-train50/images/${name}`, shared)),
        { useTArray: true },
      );
      const found = await detector.detect({ data, width, height, channels: 4 }, { scoreThreshold: 0.2 });
      for (const result of wanted.filter(({ image_id }) => image_id === id)) {
        if (!found.some((detection) => isSame(detection, result))) missed.push(result);
      }
    }
    expect(missed).toEqual([]);
  });
});

function isSame(
  { classId, score, box }: Detection,
  { category_id, bbox, score: wanted }: CocoResult,
): boolean {
  return classId === category_id && Math.abs(score - wanted) < 1e-3 && overlap(box, bbox) >= 0.99;
}

function overlap(box: Detection['box'], [x, y, width, height]: CocoResult['bbox']): number {
  const across = Math.min(box.x + box.width, x + width) - Math.max(box.x, x);
  const down = Math.min(box.y + box.height, y + height) - Math.max(box.y, y);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / (box.width * box.height + width * height - across * down);
}
