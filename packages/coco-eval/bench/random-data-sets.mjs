// Random small data sets with everything that goes wrong: ties, crowds, empty images and categories, odd ids, areas and thresholds.

import { mask } from '@ssdlite/coco-eval';
import fc from 'fast-check';

const width = 64;
const height = 48;
const imageIds = [7, 3, 12, 5];
const categoryIds = [4, 1, 9];

/** Evenly spread, with all bits of a double. */
const even = (min, max) =>
  fc
    .tuple(fc.nat(2 ** 26 - 1), fc.nat(2 ** 26 - 1))
    .map(([a, b]) => min + ((a + b / 2 ** 26) / 2 ** 26) * (max - min));
/** Evenly spread over bit patterns: mostly very close to 0. */
const patterns = (min, max) => fc.double({ min, max, noNaN: true });
const hundredths = (min, max) => fc.integer({ min: min * 100, max: max * 100 }).map((value) => value / 100);

/** Few values, so that many are equal. */
const score = fc.oneof(
  fc.constantFrom(0.1, 0.5, 0.5, 0.9, 1, 0),
  hundredths(0, 1),
  even(0, 1),
  patterns(0, 1),
);
const coordinate = fc.oneof(
  fc.integer({ min: -8, max: 60 }),
  hundredths(-8, 60),
  even(-8, 70),
  patterns(-8, 70),
);
const length = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  hundredths(0, 50),
  even(0, 60),
  patterns(0, 60),
  fc.constantFrom(-3, 0, 1e6),
);
const box = fc.tuple(coordinate, coordinate, length, length);
/** Around the borders of the size classes, and anything. */
const area = fc.oneof(fc.constantFrom(0, 1024, 1023.9999, 1024.0001, 9216, 1e10, 1e11), fc.nat(12_000));
const imageId = fc.constantFrom(...imageIds.slice(0, 3), imageIds[0]);
const categoryId = fc.constantFrom(...categoryIds.slice(0, 2), categoryIds[0]);
const crowd = fc.constantFrom(0, 0, 0, 1);
const ids = { image_id: imageId, category_id: categoryId };
const shift = fc.constantFrom(0, 0, 0, 1, 2, 5, -3, 0.5);

/** Detections close to ground truths, or anywhere. */
function detectionsOf(truths, { near, loose }) {
  return fc
    .tuple(
      fc.array(fc.record({ of: fc.nat(1000), score, shift, category: fc.option(categoryId, { freq: 5 }) }), {
        minLength: 4,
        maxLength: 24,
      }),
      fc.array(loose, { minLength: 1, maxLength: 10 }),
      fc.nat(2 ** 30),
    )
    .map(([close, anywhere, seed]) => {
      const all = [
        ...close.flatMap(({ of, score, shift, category }) => {
          const truth = truths[of % Math.max(truths.length, 1)];
          if (!truth) return [];
          const category_id = category ?? truth.category_id;
          return [{ image_id: truth.image_id, category_id, score, ...near(truth, shift) }];
        }),
        ...anywhere,
      ];
      // An order that has nothing to do with images.
      return all.sort((a, b) => hash(a, seed) - hash(b, seed));
    });
}

function hash(value, seed) {
  let sum = seed;
  for (const character of JSON.stringify(value)) sum = Math.imul(sum ^ character.charCodeAt(0), 0x01000193);
  return sum >>> 0;
}

/** Numbered from 0 or 1, in any order; now and then a number twice. */
function numbered(annotations, { from, twice, stride }) {
  return annotations.map((annotation, place) => ({
    ...annotation,
    id: twice && place === 3 ? from : from + ((place * stride) % 1009),
  }));
}

const numbering = fc.record({
  from: fc.constantFrom(1, 1, 1, 0, 100),
  twice: fc.constantFrom(false, false, false, true),
  stride: fc.constantFrom(1, 7, 600),
});

const thresholds = fc.array(
  fc.oneof(fc.constantFrom(0, 0.5, 0.75, 1, 0.3), hundredths(0, 1), even(0, 1), patterns(0, 1)),
  { minLength: 1, maxLength: 6 },
);

const optional = (arbitrary) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** pycocotools' parameters; those that are left out keep their defaults. */
const settings = (type) =>
  fc.record({
    imgIds: optional(fc.subarray(imageIds, { minLength: 1 })),
    catIds: optional(fc.subarray(categoryIds, { minLength: 1 })),
    iouThrs: optional(thresholds),
    recThrs: optional(thresholds),
    maxDets: optional(
      type === 'keypoints'
        ? fc.constantFrom([20], [2], [3, 20])
        : fc.constantFrom([1, 2, 3], [1, 10, 100], [100, 5, 2], [1, 3, 10, 100]),
    ),
    areaRng: optional(
      fc.constantFrom(
        ...(type === 'keypoints'
          ? [
              [
                [0, 1e10],
                [0, 500],
                [500, 1e10],
              ],
            ]
          : [
              [
                [0, 1e10],
                [0, 100],
                [100, 1024],
                [1024, 1e10],
              ],
            ]),
      ),
    ),
    useCats: fc.constantFrom(1, 1, 1, 0),
  });

function dataSet(type, annotation, detections, more = fc.constant({})) {
  return (
    fc
      // Now and then none at all.
      .tuple(
        fc.oneof(
          { weight: 9, arbitrary: fc.array(annotation, { minLength: 3, maxLength: 16, size: 'max' }) },
          fc.constant([]),
        ),
        numbering,
        settings(type),
        more,
      )
      .chain(([annotations, numbers, set, extra]) => {
        const truths = numbered(annotations, numbers);
        return fc.record({
          type: fc.constant(type),
          groundTruth: fc.constant({
            images: imageIds.map((id) => ({ id, width, height })),
            categories: categoryIds.map((id) => ({ id, name: `c${id}` })),
            annotations: truths,
          }),
          detections: detections(truths, extra),
          set: fc.constant({ ...set, ...extra }),
        });
      })
  );
}

const boxes = dataSet(
  'bbox',
  fc.record({ ...ids, bbox: box, area, iscrowd: crowd, ignore: crowd }),
  (truths) =>
    detectionsOf(truths, {
      near: ({ bbox: [x, y, w, h] }, by) => ({ bbox: [x + by, y, w, h - by] }),
      loose: fc.record({ ...ids, score, bbox: box }),
    }),
);

const polygon = fc
  .array(coordinate, { minLength: 6, maxLength: 14 })
  .map((list) => list.slice(0, 2 * (list.length >> 1)));

const bitmap = fc
  .tuple(fc.nat(width - 2), fc.nat(height - 2), fc.nat(width), fc.nat(height), fc.nat(5))
  .map(([left, top, w, h, gap]) => {
    const data = new Uint8Array(width * height);
    for (let x = left; x < Math.min(width, left + w); x++) {
      for (let y = top; y < Math.min(height, top + h); y++) {
        data[x * height + y] = gap > 0 && (x + y) % (gap + 1) === 0 ? 0 : 1;
      }
    }
    return mask.encode({ height, width, data });
  });

const truthMask = fc.oneof(
  fc.array(polygon, { minLength: 1, maxLength: 3 }),
  bitmap.map((rle) => ({ size: [height, width], counts: Array.from(rle.counts) })),
  bitmap.map(mask.toCompressed),
);

/** A mask of the wrong size, now and then: pycocotools says nothing of it. */
const detectionMask = fc.oneof(
  { weight: 20, arbitrary: bitmap.map(mask.toCompressed) },
  {
    weight: 1,
    arbitrary: fc.constant(mask.toCompressed({ height: 10, width: 10, counts: Uint32Array.of(20, 80) })),
  },
);

function toRle(segmentation) {
  if (Array.isArray(segmentation)) return mask.fromPolygons(segmentation, { height, width });
  const { counts } = segmentation;
  if (typeof counts === 'string') return mask.fromCompressed(segmentation);
  return { height, width, counts: Uint32Array.from(counts) };
}

/** The same mask, moved down by some pixels. */
function moved(segmentation, by) {
  const { data } = mask.decode(toRle(segmentation));
  const shifted = new Uint8Array(data.length);
  const step = Math.round(by);
  for (let at = 0; at < data.length; at++) if (data[at - step] === 1) shifted[at] = 1;
  return mask.toCompressed(mask.encode({ height, width, data: shifted }));
}

const masks = dataSet(
  'segm',
  fc.record({ ...ids, segmentation: truthMask, area, iscrowd: crowd }),
  (truths, { withBoxes }) =>
    detectionsOf(truths, {
      near: ({ segmentation }, by) => ({ segmentation: moved(segmentation, by) }),
      loose: fc.record({ ...ids, score, segmentation: detectionMask }),
    }).map((list) => (withBoxes ? list.map((one, i) => ({ ...one, bbox: [i, 2, 30, i * 3] })) : list)),
  fc.record({ withBoxes: fc.constantFrom(false, false, true) }),
);

const points = 5;
const keypointList = fc
  .array(fc.tuple(coordinate, coordinate, fc.constantFrom(0, 1, 2, 2)), {
    minLength: points,
    maxLength: points,
  })
  .map((list) => list.flat());

const keypoints = dataSet(
  'keypoints',
  fc.record({ ...ids, bbox: box, area, iscrowd: crowd, keypoints: keypointList }).map((one) => ({
    ...one,
    num_keypoints: one.keypoints.filter((value, i) => i % 3 === 2 && value > 0).length,
  })),
  (truths) =>
    detectionsOf(truths, {
      near: ({ keypoints: list }, by) => ({
        keypoints: list.map((value, i) => (i % 3 === 2 ? 1 : value + by)),
      }),
      loose: fc.record({ ...ids, score, keypoints: keypointList }),
    }),
  fc.record({ sigmas: fc.constantFrom([0.1, 0.1, 0.1, 0.1, 0.1], [0.026, 0.025, 0.035, 0.079, 0.107]) }),
);

/** Data sets of one type, the same for the same seed. */
export function randomDataSets(type, { count, seed }) {
  const arbitrary = { bbox: boxes, segm: masks, keypoints }[type];
  // What JSON makes of them: -0 becomes 0 on both sides.
  return fc.sample(arbitrary, { numRuns: count, seed }).map((one) => JSON.parse(JSON.stringify(one)));
}

/** Polygons, also far outside of the image and degenerate. */
export function randomPolygons({ count, seed }) {
  const anywhere = fc.oneof(coordinate, even(-300, 300));
  return fc.sample(
    fc.array(anywhere, { minLength: 6, maxLength: 16 }).map((list) => list.slice(0, 2 * (list.length >> 1))),
    { numRuns: count, seed },
  );
}

/** Data sets as LVIS has them: no crowds, each image with categories that it lacks and some of which not every object is marked. */
export function randomLvisSets({ count, seed }) {
  const some = fc.subarray(categoryIds);
  const extra = fc.record({
    frequencies: fc.array(fc.constantFrom('r', 'c', 'f'), { minLength: 3, maxLength: 3 }),
    lists: fc.array(fc.tuple(some, some), { minLength: imageIds.length, maxLength: imageIds.length }),
    most: fc.constantFrom(300, 300, 2, 5),
  });
  return fc
    .sample(fc.tuple(boxes, extra), { numRuns: count, seed })
    .map(([{ groundTruth, detections }, { frequencies, lists, most }]) =>
      JSON.parse(
        JSON.stringify({
          groundTruth: {
            images: groundTruth.images.map((image, i) => ({
              ...image,
              neg_category_ids: lists[i][0],
              not_exhaustive_category_ids: lists[i][1],
            })),
            categories: groundTruth.categories.map((category, i) => ({
              ...category,
              frequency: frequencies[i],
            })),
            annotations: groundTruth.annotations.map(({ iscrowd, ignore, ...annotation }, i) => ({
              ...annotation,
              id: i + 1,
            })),
          },
          detections,
          most,
        }),
      ),
    );
}

/** Data sets of proper boxes without crowds. */
export function plainBoxSets({ count, seed }) {
  const isProper = ({ bbox: [, , w, h] }) => w >= 1 && h >= 1 && w < 1000 && h < 1000;
  return randomDataSets('bbox', { count, seed }).map(({ groundTruth, detections }) => ({
    groundTruth: {
      ...groundTruth,
      annotations: groundTruth.annotations.filter(isProper).map((annotation, i) => ({
        ...annotation,
        id: i + 1,
        area: annotation.bbox[2] * annotation.bbox[3],
        iscrowd: 0,
      })),
    },
    detections: detections.filter(isProper),
  }));
}
