import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { anyToy } from './analysis/fixtures/toy-evaluation.ts';
import { evaluate } from './bbox.ts';
import { CocoEvalError } from './error.ts';
import { evaluate as evaluateAny } from './evaluate.ts';

/** The entry as a page would load it. */
async function bundled(entry: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      rolldownOptions: {
        input: fileURLToPath(new URL(entry, import.meta.url)),
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const [first] = Array.isArray(output) ? output : [output];
  if (!first || !('output' in first)) throw new Error('Nothing was bundled.');
  return first.output.map((part) => (part.type === 'chunk' ? part.code : '')).join('');
}

test('is at most 12 kB for a page, zipped', async () => {
  expect(gzipSync(await bundled('bbox.ts')).length).toBeLessThanOrEqual(12_000);
});

test('is the same as the whole package, for boxes', () => {
  fc.assert(
    fc.property(anyToy, ({ images, categories, truths, detections }) => {
      fc.pre(detections.length > 0);
      const groundTruth = {
        images: images.map((id) => ({ id })),
        categories: categories.map((id) => ({ id })),
        annotations: truths.map(({ image, category, box, crowd }, place) => ({
          id: place,
          image_id: image,
          category_id: category,
          bbox: box,
          area: box[2] * box[3],
          iscrowd: crowd ? 1 : 0,
        })),
      };
      const results = detections.map(({ image, category, box, score }) => ({
        image_id: image,
        category_id: category,
        bbox: box,
        score,
      }));
      const options = {
        corrected: true,
        keepMatches: true,
        iouThresholds: [0.5, 0.75],
        recallThresholds: [0, 0.3, 0.7, 1],
      };
      const [mine, theirs] = [evaluate, evaluateAny].map((run) => {
        const { matches = [], ...rest } = run(groundTruth, results, options);
        return { ...rest, matches: [...matches] };
      });
      expect(mine).toEqual(theirs);
    }),
    { numRuns: 40 },
  );
});

const object = { image_id: 1, category_id: 1 };
const groundTruth = {
  images: [{ id: 1 }],
  categories: [{ id: 1 }],
  annotations: [{ ...object, id: 1, bbox: [1, 1, 9, 9], area: 81, iscrowd: 0 }],
};

test('refuses what only the whole package reads, and says so', () => {
  const keypoints = [{ ...object, score: 1, keypoints: [1, 1, 1] }];
  expect(() => evaluate(groundTruth, keypoints)).toThrow(/results\[0\] has no "bbox".*@ssdlite\/coco-eval'/);
  // @ts-expect-error: JavaScript has no types
  expect(() => evaluate(groundTruth, keypoints, { type: 'keypoints' })).toThrow(CocoEvalError);
  // @ts-expect-error: JavaScript has no types
  expect(() => evaluateAny(groundTruth, keypoints, { type: 'boxes' })).toThrow(/type cannot be "boxes"/);
});
