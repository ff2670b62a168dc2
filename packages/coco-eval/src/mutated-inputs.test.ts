// Whatever is wrong with the input: our own error, or figures that are figures. `MUTATIONS=100000 npx vitest run mutated-inputs` tries more.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyze } from './analysis/analyze.ts';
import { evaluateLvis } from './analysis/evaluate-lvis.ts';
import { vocAp } from './analysis/voc-ap.ts';
import { readGroundTruth } from './data/ground-truth.ts';
import { readResults } from './data/results.ts';
import { CocoEvalError } from './error.ts';
import { evaluate } from './evaluate.ts';
import { type MutatedCall, mutatedCall, mutatedMask } from './fixtures/mutated-inputs.ts';
import * as mask from './mask/mask.ts';
import type { EvaluationType } from './metric/params.ts';
import { type GroundTruthInput, prepareEvaluation, type ResultsInput } from './prepare-evaluation.ts';

const numRuns = Number(process.env.MUTATIONS ?? 1000);
const timeout = 60_000 + numRuns * 20;

/** Milliseconds that any of these small inputs may take at most; memory that grows without bound takes longer. */
const longest = 5000;

/** The result, or the code of our own error; anything else is thrown on. */
function outcome<T>(run: () => T): T | string {
  const start = performance.now();
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CocoEvalError)) throw error;
    expect(error.message.length).toBeLessThan(600);
    expect(error.next).not.toBe('');
    return error.code;
  } finally {
    expect(performance.now() - start).toBeLessThan(longest);
  }
}

/** As JavaScript calls it, which has no types. */
const call = <T>(
  run: (truth: GroundTruthInput, found: ResultsInput, options: object) => T,
  input: MutatedCall,
): T => run(input.groundTruth as GroundTruthInput, input.detections as ResultsInput, input.options);

const isFigure = (value: number): boolean => value === -1 || (value >= 0 && value <= 1);

test('evaluate', { timeout }, () => {
  const codes = new Map<string, number>();
  fc.assert(
    fc.property(mutatedCall, (input) => {
      const result = outcome(() => call(evaluate, input));
      const code = typeof result === 'string' ? result : 'fine';
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (typeof result === 'string') return;
      for (const value of Object.values(result.stats)) expect(isFigure(value)).toBe(true);
      for (const one of result.matches ?? []) expect(one.imageId).toBeTypeOf('number');
    }),
    { numRuns },
  );
  // So that the test cannot pass by refusing all, or by changing nothing.
  expect([...codes.keys()].sort()).toEqual(
    expect.arrayContaining([
      'INVALID_ANNOTATIONS',
      'INVALID_ARGUMENT',
      'INVALID_JSON',
      'INVALID_RESULTS',
      'fine',
    ]),
  );
  expect(codes.get('fine')).toBeGreaterThan(numRuns / 20);
});

test('analyses', { timeout }, () => {
  fc.assert(
    fc.property(mutatedCall, (input) => {
      const evaluation = outcome(() => call(prepareEvaluation, input));
      if (typeof evaluation === 'string') return;
      outcome(() => analyze(evaluation));
      outcome(() => vocAp(evaluation));
      outcome(() => evaluateLvis(evaluation));
    }),
    { numRuns: Math.ceil(numRuns / 5) },
  );
});

test('streams, cut anywhere, give what the whole gives', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(mutatedCall, fc.integer({ min: 1, max: 200 }), async (input, step) => {
      const { groundTruth, detections, options } = input;
      if (!(groundTruth instanceof Uint8Array) || !(detections instanceof Uint8Array)) return;
      const load = { type: (options.type ?? 'bbox') as EvaluationType, strict: options.strict === true };
      const whole = outcome(() =>
        call(evaluate, { ...input, options: { sigmas: [0.1, 0.1, 0.1], ...load } }),
      );
      const streamed = await (async () => {
        try {
          const truth = await readGroundTruth(pieces(groundTruth, step), load);
          const results = await readResults(pieces(detections, step), truth, load);
          return outcome(() => evaluate(truth, results, { ...load, sigmas: [0.1, 0.1, 0.1] }));
        } catch (error) {
          if (!(error instanceof CocoEvalError)) throw error;
          return error.code;
        }
      })();
      const figures = (result: typeof whole) => (typeof result === 'string' ? result : result.stats);
      expect(figures(streamed)).toEqual(figures(whole));
    }),
    { numRuns },
  );
});

async function* pieces(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

test('masks', { timeout }, () => {
  const ways = [mask.decode, mask.area, mask.toBbox, mask.toCompressed, mask.fromCompressed] as const;
  fc.assert(
    fc.property(mutatedMask, mutatedMask, (one, other) => {
      const [a, b] = [one as mask.Rle, other as mask.Rle];
      for (const way of ways) outcome(() => way(one as mask.Rle & mask.CompressedRle));
      outcome(() => mask.merge([a, b]));
      outcome(() => mask.iou([a], [b]));
    }),
    { numRuns },
  );
});
