import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anchorSizes, makeAnchors, tfOdAnchors } from './anchors.ts';
import { ssdAnchors } from './ssd-anchors.ts';
import { ssdliteMobileNetV2 } from './ssd-config.ts';

const goldens = new URL('../../../../../shared/goldens/training/', import.meta.url);
const absent = !existsSync(goldens);
if (absent)
  process.stderr.write('anchors: ../shared/goldens is absent, its comparison with TF-OD is skipped\n');

describe('anchor sizes', () => {
  test('of the first map are the reduced three, of the others five ratios and one between the scales', () => {
    const rounded = anchorSizes(tfOdAnchors, 6).map((sizes) =>
      sizes.map(({ width, height }) => [Number(width.toFixed(6)), Number(height.toFixed(6))]),
    );
    expect(rounded[0]).toEqual([
      [0.1, 0.1],
      [0.282843, 0.141421],
      [0.141421, 0.282843],
    ]);
    expect(rounded[1]).toEqual([
      [0.35, 0.35],
      [0.494975, 0.247487],
      [0.247487, 0.494975],
      [0.606218, 0.202073],
      [0.202062, 0.606248],
      [0.41833, 0.41833],
    ]);
    expect(rounded[5]?.at(-1)).toEqual([0.974679, 0.974679]);
  });
});

test('On a 1 x 1 map the first anchor sits in the middle, and wide ones reach outside of the image', () => {
  const anchors = makeAnchors(
    { minScale: 0.2, maxScale: 0.8, aspectRatios: [1, 4], reduceLowest: false, interpolatedAspectRatio: 1 },
    { image: { height: 100, width: 100 }, grids: [{ height: 1, width: 2 }] },
  );
  const rows = Array.from({ length: 6 }, (_, row) =>
    [...anchors.subarray(row * 4, row * 4 + 4)].map((value) => Number(value.toFixed(4))),
  );
  expect(rows[0]).toEqual([0.4, 0.15, 0.6, 0.35]);
  expect(rows[1]).toEqual([0.45, 0.05, 0.55, 0.45]);
  expect(rows[4]).toEqual([0.45, 0.55, 0.55, 0.95]);
  // sqrt(0.2 * 1) around (0.25, 0.5)
  expect(rows[2]).toEqual([0.2764, 0.0264, 0.7236, 0.4736]);
});

test('Anchors are square on a wide image, not on its unit square', () => {
  const anchors = makeAnchors(
    {
      minScale: 0.5,
      maxScale: 0.5,
      aspectRatios: [1],
      reduceLowest: false,
      interpolatedAspectRatio: undefined,
    },
    { image: { height: 100, width: 200 }, grids: [{ height: 1, width: 1 }] },
  );
  expect([...anchors]).toEqual([0.25, 0.375, 0.75, 0.625]);
});

describe.skipIf(absent)('goldens of the TF Object Detection API', () => {
  test.each(['300x300', '160x240'])('%s: every anchor is equal bit for bit', (size) => {
    const golden: { height: number; width: number; maps: number[][]; boxes: number[][] } = JSON.parse(
      readFileSync(new URL(`anchors-${size}.json`, goldens), 'utf8'),
    );
    const anchors = makeAnchors(tfOdAnchors, {
      image: { height: golden.height, width: golden.width },
      grids: golden.maps.map(([height = 0, width = 0]) => ({ height, width })),
    });
    // Nine digits name a float32.
    expect(anchors).toEqual(Float32Array.from(golden.boxes.flat()));
  });
});

test('An architecture knows its own maps', () => {
  expect(ssdAnchors(ssdliteMobileNetV2).length / 4).toBe(1917);
  expect(ssdAnchors({ ...ssdliteMobileNetV2, inputSize: { height: 320, width: 320 } }).length / 4).toBe(2034);
});
