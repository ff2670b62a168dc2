import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CocoDataset } from '../data/coco-types.ts';
import { toMask } from '../data/to-mask.ts';
import type { BoxXywh } from '../metric/box-iou.ts';
import * as mask from './mask.ts';

interface MaskCase {
  readonly size: readonly [number, number];
  readonly counts: string;
  readonly area: number;
  readonly bbox: readonly number[];
}

interface MaskCases {
  readonly frBbox_480x640: readonly (MaskCase & { readonly in: BoxXywh })[];
  readonly frPoly_480x640: readonly (MaskCase & { readonly in: readonly number[] })[];
  readonly frUncompressed: readonly (MaskCase & {
    readonly in: { readonly size: readonly [number, number]; readonly counts: readonly number[] };
  })[];
  readonly merge_union_poly0_2: string;
  readonly merge_intersect_poly0_2: string;
  readonly iou_poly_vs_bbox: Readonly<Record<'crowd0' | 'crowd1', readonly (readonly number[])[]>>;
  readonly iou_boxes: {
    readonly dt: readonly BoxXywh[];
    readonly gt: readonly BoxXywh[];
    readonly iscrowd: readonly number[];
    readonly out: readonly (readonly number[])[];
  };
}

const cases = JSON.parse(
  readFileSync(new URL('../fixtures/pycocotools-masks.json', import.meta.url), 'utf8'),
) as MaskCases;
const size = { height: 480, width: 640 };
const polygons = cases.frPoly_480x640.map((one) => mask.fromPolygon(one.in, size));
const boxes = cases.frBbox_480x640.map((one) => mask.fromBox(one.in, size));

const check = (rle: mask.Rle, expected: MaskCase): void => {
  expect(mask.toCompressed(rle)).toEqual({ size: expected.size, counts: expected.counts });
  expect(mask.area(rle)).toBe(expected.area);
  expect(mask.toBbox(rle)).toEqual(expected.bbox);
  expect(mask.fromCompressed({ size: expected.size, counts: expected.counts })).toEqual(rle);
};

test('draws polygons, boxes and runs to the same pixels as pycocotools', () => {
  for (const [i, one] of cases.frPoly_480x640.entries()) check(polygons[i] as mask.Rle, one);
  for (const [i, one] of cases.frBbox_480x640.entries()) check(boxes[i] as mask.Rle, one);
  for (const one of cases.frUncompressed) {
    const [height, width] = one.in.size;
    check({ height, width, counts: Uint32Array.from(one.in.counts) }, one);
  }
});

test('merges as pycocotools', () => {
  const first = polygons.slice(0, 3);
  expect(mask.toCompressed(mask.merge(first)).counts).toBe(cases.merge_union_poly0_2);
  expect(mask.toCompressed(mask.merge(first, { intersect: true })).counts).toBe(
    cases.merge_intersect_poly0_2,
  );
});

test('finds the same overlaps of masks and of boxes as pycocotools', () => {
  expect(Array.from(mask.iou(polygons, boxes))).toEqual(cases.iou_poly_vs_bbox.crowd0.flat());
  const crowds = boxes.map(() => true);
  expect(Array.from(mask.iou(polygons, boxes, { crowds }))).toEqual(cases.iou_poly_vs_bbox.crowd1.flat());
  const { dt, gt, iscrowd, out } = cases.iou_boxes;
  expect(Array.from(mask.iou(dt, gt, { crowds: iscrowd }))).toEqual(out.flat());
});

const shared = new URL('../../../../../shared/', import.meta.url);
const absent = !existsSync(shared);
if (absent) process.stderr.write(`skipped: the reference data are not at ${shared.pathname}\n`);

describe.skipIf(absent)('pycocotools on COCO', () => {
  test('makes the same masks of all annotations', () => {
    const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, shared), 'utf8')) as T;
    type AnnotationCase = MaskCase & { readonly gt: string; readonly ann_id: number };
    const { annotations: expected } = read<{ annotations: readonly AnnotationCase[] }>(
      'goldens/coco-eval/goldens/rle.json',
    );
    const datasets: Readonly<Record<string, CocoDataset>> = {
      'gt/instances_val2017.json': read('goldens/coco-eval/gt/instances_val2017.json'),
      'gt/instances_train2017.json': read('data/coco-train50/instances_train2017.json'),
    };
    for (const one of expected) {
      const dataset = datasets[one.gt];
      const index = dataset?.annotations.findIndex(({ id }) => id === one.ann_id) ?? -1;
      const annotation = dataset?.annotations[index];
      const image = dataset?.images.find(({ id }) => id === annotation?.image_id);
      check(toMask(annotation?.segmentation, { of: { list: 'annotations', index }, image }), one);
    }
    expect(expected.length).toBe(852);
  });
});

const bitmaps = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([height, width]) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: height * width, maxLength: height * width })
      .map((data) => ({ height, width, data: Uint8Array.from(data) })),
  );

test('encoding, compressing and back gives the bitmap again', () => {
  fc.assert(
    fc.property(bitmaps, fc.constantFrom('columns' as const, 'rows' as const), (bitmap, layout) => {
      const rle = mask.encode({ ...bitmap, layout });
      const back = mask.fromCompressed(mask.toCompressed(rle));
      expect(mask.decode(back, { layout })).toEqual({ ...bitmap, layout });
      expect(mask.area(rle)).toBe(bitmap.data.reduce((sum, pixel) => sum + pixel, 0));
    }),
  );
});

test('areas of union and intersection of masks are those of their pixels', () => {
  const pairs = bitmaps.chain((one) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: one.data.length, maxLength: one.data.length })
      .map((data) => [one, { ...one, data: Uint8Array.from(data) }] as const),
  );
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const both = a.data.filter((pixel, i) => pixel && b.data[i]).length;
      const any = a.data.filter((pixel, i) => pixel || b.data[i]).length;
      const masks = [mask.encode(a), mask.encode(b)];
      expect(mask.area(mask.merge(masks, { intersect: true }))).toBe(both);
      expect(mask.area(mask.merge(masks))).toBe(any);
      expect(mask.iou(masks.slice(0, 1), masks.slice(1))[0]).toBe(any === 0 ? 0 : both / any);
    }),
  );
});

test('refuses masks that cannot be', () => {
  const huge: mask.Rle = { height: 40_000, width: 40_000, counts: Uint32Array.of(1.6e9) };
  expect(() => mask.decode(huge)).toThrow('more than 268435456 pixels');
  expect(() => mask.decode({ height: 2, width: 2, counts: Uint32Array.of(0, 5) })).toThrow(
    'Runs of 5 pixels do not fit into 2 x 2.',
  );
  expect(() => mask.fromCompressed({ size: [2, 2], counts: 'X' })).toThrow('damaged');
  expect(() => mask.fromCompressed({ size: [-2, -2], counts: '4' })).toThrow('cannot be -2 x -2');
  expect(() => mask.decompress('oooooooooooo')).toThrow('damaged');
  expect(() => mask.fromPolygon([0, 0, 1e9, 0, 1e9, 1e9], size)).toThrow('pixels long');
  expect(() => mask.encode({ height: 3, width: 3, data: new Uint8Array(8) })).toThrow(
    '8 pixels are not 3 x 3',
  );
  expect(() => mask.iou([[0, 0, 1, 1]], boxes)).toThrow('masks with masks');
});

test('ends even if one mask is shorter than it says', () => {
  const short: mask.Rle = { height: 4, width: 4, counts: Uint32Array.of(0, 3) };
  const whole: mask.Rle = { height: 4, width: 4, counts: Uint32Array.of(0, 16) };
  expect(mask.iou([short], [whole])[0]).toBe(3 / 16);
  expect(mask.area(mask.merge([short, whole]))).toBe(16);
});

test('the box of a mask is that of its pixels, however its runs go around columns', () => {
  const anyMask = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([height, width]) =>
      fc
        .uint8Array({ minLength: height * width, maxLength: height * width, max: 1 })
        .map((data) => ({ height, width, data })),
    );
  fc.assert(
    fc.property(anyMask, ({ height, width, data }) => {
      const places = [...data.keys()].filter((at) => data[at] === 1);
      const xs = places.map((at) => Math.floor(at / height));
      const ys = places.map((at) => at % height);
      const [left, top] = [Math.min(...xs), Math.min(...ys)];
      expect(mask.toBbox(mask.encode({ height, width, data }))).toEqual(
        places.length === 0
          ? [0, 0, 0, 0]
          : [left, top, Math.max(...xs) - left + 1, Math.max(...ys) - top + 1],
      );
    }),
  );
});
