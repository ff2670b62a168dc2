// Input that people and programs really produce when something goes wrong: what is said, and that nothing grows without bound.

import { describe, expect, test } from 'vitest';
import type { CocoDetection } from './data/coco-types.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateOptions } from './evaluate-loaded.ts';
import * as mask from './mask/mask.ts';
import { toyResults, toyTruth } from './node/command/fixtures/toy-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The code and the message of an error. */
function said(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error && 'code' in error
      ? `${String(error.code)}: ${error.message}`
      : String(error);
  }
  return 'nothing';
}

const run = (detections: unknown, options: EvaluateOptions = {}): string =>
  said(() => evaluate(toyTruth, detections as string, options));

const [first] = toyResults;

describe('JSON', () => {
  const text = JSON.stringify(toyResults);

  test.each([1, 40, text.length - 1])('that ends early names the byte: %i', (length) => {
    expect(run(text.slice(0, length))).toMatch(
      new RegExp(`^INVALID_JSON: The JSON ends early, at byte ${length}`),
    );
    expect(run(bytes(text.slice(0, length)))).toMatch(new RegExp(`at byte ${length}`));
  });

  test('that is damaged names the byte and what is there', () => {
    expect(run(text.replace('"score":0.9', '"score":0.9.'))).toBe(
      "INVALID_JSON: The JSON is damaged at byte 63: there should be ',' or '}', not '.', in results[0]. Write the file again.",
    );
    expect(run(`${text}]`)).toContain('there should be nothing more');
    expect(run(text.replace('0.9', 'NaN'))).toContain("there should be a value, not 'N'");
  });

  test('that is empty, or no text at all', () => {
    expect(run('')).toBe(
      'INVALID_JSON: The JSON ends early, at byte 0, in the results. Write the file again.',
    );
    expect(run(Uint8Array.of(0xff, 0xfe, 0x5b))).toContain('not the byte 0xff');
  });

  test.each(['results', 'truth'])('10 MB of nested arrays as %s', (what) => {
    const nested = new Uint8Array(10_000_000).fill('['.charCodeAt(0));
    const outcome = said(() =>
      what === 'results' ? evaluate(toyTruth, nested) : evaluate(nested, toyResults),
    );
    expect(outcome).toMatch(/^INVALID_(JSON|ANNOTATIONS): /);
    const closed = bytes(`[${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}]`);
    expect(run(closed)).toMatch(/^INVALID_RESULTS: results\[0\] is a list of 1; it should be an object/);
    const inside = `[{"image_id":1,"bbox":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}]`;
    expect(run(inside)).toMatch(/^INVALID_RESULTS: results\[0\]\.bbox is /);
  });

  test('results that are an object or a number', () => {
    expect(run('{"results": []}')).toContain('INVALID_RESULTS: The results are an object.');
    expect(run('7')).toContain('INVALID_RESULTS: The results are 7.');
    expect(run('[]')).toContain('INVALID_RESULTS: The results are an empty list.');
  });
});

describe('records', () => {
  test.each([
    [{ image_id: '1' }, 'results[0].image_id is "1"; it should be a number. Write ids without quotes.'],
    [{ category_id: '1' }, 'results[0].category_id is "1"; it should be a number. Write ids without quotes.'],
    [{ image_id: 2 ** 60 }, 'results[0].image_id is 1152921504606847000; it should be a number below 2^53.'],
    [{ image_id: null }, 'results[0].image_id is null; it should be a number.'],
    [{ score: '0.9' }, 'results[0].score is "0.9"; it should be a number.'],
    [{ bbox: [1, 2, 3] }, 'results[0].bbox is [1, 2, 3]; it should be'],
    [{ bbox: { x: 1 } }, 'results[0].bbox is an object; it should be'],
    [{ bbox: [1, 2, 3, null] }, 'results[0].bbox is [1, 2, 3, null]; it should be'],
  ])('%j is refused, and the field is named', (change, message) => {
    expect(run([{ ...first, ...change }])).toContain(`INVALID_RESULTS: ${message}`);
    expect(run(JSON.stringify([{ ...first, ...change }]))).toContain(`INVALID_RESULTS: ${message}`);
  });

  test('boxes of 1e308 are warned of, and match nothing', () => {
    const { warnings, stats } = evaluate(toyTruth, [
      { ...toyResults[0], bbox: [1e308, 1e308, 1e308, 1e308] } as (typeof toyResults)[0],
    ]);
    expect(warnings).toMatchObject([{ code: 'NOT_FINITE', records: [0] }]);
    expect(stats.AP).toBe(0);
    expect(run([{ ...first, bbox: [0, 0, 1e308, 1e308] }], { strict: true })).toContain(
      'INVALID_RESULTS: results[0].bbox is [0, 0, 1e+308, 1e+308].',
    );
  });

  test('annotations of other images are told by the first, and by how many', () => {
    expect(run(toyResults.map((one) => ({ ...one, image_id: one.image_id + 700 })))).toBe(
      'INVALID_RESULTS: results[0].image_id is 701, an image that the ground truth does not list, and so are those of 1 more of the 2 results. Evaluate with the annotations of the images that these results are for.',
    );
  });
});

describe('masks', () => {
  const image = { id: 1, width: 40, height: 30 };
  const object = { image_id: 1, category_id: 1 };
  const rle = mask.toCompressed(mask.fromBox([5, 5, 20, 10], image));
  const groundTruth = {
    images: [image],
    categories: [{ id: 1 }],
    annotations: [{ ...object, id: 1, area: 200, iscrowd: 0, segmentation: rle }],
  };
  const segm = (segmentation: unknown): string =>
    said(() =>
      evaluate(groundTruth, [{ ...object, score: 1, segmentation } as CocoDetection], { type: 'segm' }),
    );

  test.each([
    [{ size: [1e9, 1e9], counts: '0' }, 'segmentation.size is [1000000000, 1000000000]'],
    [{ size: [30, 40], counts: '' }, 'nothing'],
    [{ size: [30, 40], counts: '00' }, 'runs of 0 pixels in all, for 30 x 40'],
    [{ size: [30, 40], counts: 'PPPPPPPPPPP' }, 'are damaged at character'],
    [{ size: [30, 40], counts: 'oooooooo0' }, 'are damaged at character'],
    [{ size: [30, 40], counts: 'é' }, 'are damaged at character 0'],
    [{ size: [30], counts: '0' }, 'segmentation.size is [30]'],
    [{ counts: '0' }, 'segmentation.size is undefined'],
    [{ size: [30, 40], counts: [1200] }, 'segmentation.counts is [1200]; it should be compressed'],
    [[[1, 2, 3, 4, 5, 6]], 'segmentation is a list of 1; it should be compressed run lengths'],
  ])('%j: %s', (segmentation, message) => {
    expect(segm(segmentation)).toContain(message);
  });

  test('a run-length encoding of a billion pixels takes no more memory than its runs', () => {
    const huge = { size: [31_250, 32_000] as const, counts: mask.compress(Uint32Array.of(5, 999_999_995)) };
    const before = process.memoryUsage().arrayBuffers;
    const { warnings, stats } = evaluate(groundTruth, [{ ...object, score: 1, segmentation: huge }], {
      type: 'segm',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
    expect(warnings).toMatchObject([{ code: 'MASK_SIZE' }]);
    expect(stats.AP).toBe(0);
    expect(said(() => mask.decode(mask.fromCompressed(huge)))).toMatch(
      /^INVALID_MASK: A mask of 31250 x 32000 has more than/,
    );
  });

  test('of another size than their image are warned of, and refused by strict', () => {
    const small = mask.toCompressed(mask.fromBox([5, 5, 10, 10], { width: 20, height: 15 }));
    const results = [{ ...object, score: 1, segmentation: small }];
    expect(evaluate(groundTruth, results, { type: 'segm' }).warnings).toMatchObject([
      { code: 'MASK_SIZE', records: [0] },
    ]);
    expect(said(() => evaluate(groundTruth, results, { type: 'segm', strict: true }))).toMatch(
      /^INVALID_RESULTS: results\[0\]\.segmentation is 15 x 20, its image 30 x 40\./,
    );
  });

  test('annotations whose polygons are no polygons', () => {
    const truth = (segmentation: unknown): string =>
      said(() =>
        evaluate(
          {
            ...groundTruth,
            annotations: [{ ...groundTruth.annotations[0], segmentation }],
          } as typeof groundTruth,
          [{ ...object, score: 1, segmentation: rle }],
          { type: 'segm' },
        ),
      );
    expect(truth([[1e9, 0, -1e9, 0, 0, 1e9]])).toMatch(
      /^INVALID_ANNOTATIONS: annotations\[0\]\.segmentation: The boundary/,
    );
    expect(truth([['1', 2, 3, 4, 5, 6]])).toContain('INVALID_ANNOTATIONS: annotations[0].segmentation');
    expect(truth([])).toContain('INVALID_ANNOTATIONS: annotations[0].segmentation');
    expect(truth('mask.png')).toContain('annotations[0].segmentation is "mask.png"');
  });
});

describe('keypoints', () => {
  const object = { image_id: 1, category_id: 1, bbox: [0, 0, 9, 9] };
  const points = [1, 1, 2, 5, 5, 2];
  const truth = { ...object, area: 81, iscrowd: 0, num_keypoints: 2 };
  const outcome = (ofTruth: readonly unknown[], ofResults: readonly unknown[]): string =>
    said(() =>
      evaluate(
        {
          images: [{ id: 1 }],
          categories: [{ id: 1 }],
          annotations: ofTruth.map((keypoints, place) => ({ ...truth, id: place + 1, keypoints })),
        } as Parameters<typeof evaluate>[0],
        ofResults.map((keypoints) => ({ ...object, score: 1, keypoints })) as CocoDetection[],
        { type: 'keypoints', sigmas: [0.1, 0.1] },
      ),
    );

  test.each([
    [
      [points, [1, 1, 2]],
      [points],
      'INVALID_ANNOTATIONS: annotations[1].keypoints is [1, 1, 2]; it should be 6',
    ],
    [[[1, 1]], [points], 'INVALID_ANNOTATIONS: annotations[0].keypoints is [1, 1]; it should be x, y, v'],
    [[points], [points, [1, 1, 2]], 'INVALID_RESULTS: results[1].keypoints is [1, 1, 2]; it should be 6'],
    [[points], [[1, 1]], 'INVALID_RESULTS: results[0].keypoints is [1, 1]; it should be x, y, v'],
    [[points], [[1, 1, 2]], 'INVALID_ARGUMENT: The results have 1 keypoints each, and there are 2 standard'],
    [[points], ['nose'], 'INVALID_RESULTS: results[0].keypoints is "nose"'],
  ])('%j, found as %j: %s', (ofTruth, ofResults, message) => {
    expect(outcome(ofTruth, ofResults)).toContain(message);
  });
});
