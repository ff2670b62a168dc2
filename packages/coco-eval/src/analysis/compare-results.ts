// Whether one detector is better than another: a paired bootstrap over images (Efron and Tibshirani 1993, chapters 6 and 13).

import { CocoEvalError } from '../error.ts';
import type { Stats } from '../metric/summarize.ts';
import { type EvaluationInput, evaluatedCategories } from './evaluation-input.ts';
import { randomIndices } from './random-numbers.ts';
import { type ResampledFigures, resampler } from './resampled-figures.ts';

export interface CompareResultsOptions {
  /** Two results on the same ground truth, evaluated with the same parameters. */
  readonly a: EvaluationInput;
  readonly b: EvaluationInput;
  /** How often images are drawn. Default 1000. */
  readonly resamples?: number;
  /** Decides all draws. Default 1. */
  readonly seed?: number;
  /** Share of draws within the interval. Default 0.95. */
  readonly confidence?: number;
  /** Called after every draw; what it throws ends the call. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** One figure of both results. */
export interface FigureDifference {
  readonly a: number;
  readonly b: number;
  /** b - a; NaN if the figure cannot be measured. */
  readonly difference: number;
  /** The middle `confidence` of the differences of all draws: lower and upper end. */
  readonly interval: readonly [low: number, high: number];
  /** Standard deviation of these differences. */
  readonly standardError: number;
  /**
   * Twice the share of draws in which the difference has not the sign that it has more often, at most 1. Like a p-value: small if chance
   * does not explain the difference. It cannot be told apart from 0 below 2 / resamples.
   */
  readonly pValue: number;
  /** Draws in which the figure could be measured. */
  readonly resamples: number;
}

export interface ResultsComparison {
  readonly images: number;
  /** How often images were drawn. */
  readonly resamples: number;
  readonly seed: number;
  readonly confidence: number;
  /** AP, AP50, AP75, AP and AR by size: at the largest `maxDetections`. */
  readonly stats: Readonly<Record<string, FigureDifference>>;
  /** AP by category. With many categories some differences look certain by chance. */
  readonly perCategory: readonly ({ readonly categoryId: number } & FigureDifference)[];
}

/**
 * Compares two results on the same ground truth. Images are drawn with replacement, as many as there are, the same for both results; the
 * figures of a draw are those that an evaluation of the drawn images gives.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` if the ground truths or parameters differ, or an option is out of range
 * @example
 * const { stats } = compareResults({ a: prepareEvaluation(truth, before), b: prepareEvaluation(truth, after) });
 * stats.AP; // { a: 0.442, b: 0.449, difference: 0.007, interval: [0.001, 0.013], pValue: 0.02, ... }
 */
export function compareResults({
  a,
  b,
  resamples = 1000,
  seed = 1,
  confidence = 0.95,
  onProgress,
}: CompareResultsOptions): ResultsComparison {
  checkOptions({ resamples, seed, confidence });
  checkSame(a, b);
  const images = a.params.imageIds.length;
  if (images === 0) throw refuse('There are no images.', { value: images, next: 'Pass at least one.' });
  const figures = [resampler(a), resampler(b)] as const;
  const once = new Int32Array(images).fill(1);
  const observed = [figures[0](once), figures[1](once)] as const;
  const draws: (readonly [ResampledFigures, ResampledFigures])[] = [];
  const draw = randomIndices(seed);
  for (let i = 0; i < resamples; i++) {
    const weights = new Int32Array(images);
    for (let n = 0; n < images; n++) {
      const image = draw(images);
      weights[image] = (weights[image] as number) + 1;
    }
    draws.push([figures[0](weights), figures[1](weights)]);
    onProgress?.(i + 1, resamples);
  }
  const compare = (of: (one: ResampledFigures) => number): FigureDifference =>
    differenceOf(
      { a: of(observed[0]), b: of(observed[1]) },
      draws.map(([one, other]) => [of(one), of(other)]),
      confidence,
    );
  return {
    images,
    resamples,
    seed,
    confidence,
    stats: Object.fromEntries(
      Object.keys(observed[0].stats).map((name) => [
        name,
        compare(({ stats }: { readonly stats: Stats }) => stats[name] ?? -1),
      ]),
    ),
    perCategory: evaluatedCategories(a.params).map((categoryId, k) => ({
      categoryId,
      ...compare(({ categoryAp }) => categoryAp[k] ?? -1),
    })),
  };
}

function differenceOf(
  { a, b }: { readonly a: number; readonly b: number },
  draws: readonly (readonly [number, number])[],
  confidence: number,
): FigureDifference {
  const differences = Float64Array.from(
    draws.filter(([one, other]) => one >= 0 && other >= 0),
    ([one, other]) => other - one,
  ).sort();
  const count = differences.length;
  const difference = a < 0 || b < 0 ? Number.NaN : b - a;
  if (count === 0) {
    const none = Number.NaN;
    return { a, b, difference, interval: [none, none], standardError: none, pValue: none, resamples: 0 };
  }
  const average = differences.reduce((sum, value) => sum + value, 0) / count;
  const squares = differences.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const notAbove = differences.filter((value) => value <= 0).length / count;
  const notBelow = differences.filter((value) => value >= 0).length / count;
  return {
    a,
    b,
    difference,
    interval: [quantile(differences, (1 - confidence) / 2), quantile(differences, (1 + confidence) / 2)],
    standardError: count > 1 ? Math.sqrt(squares / (count - 1)) : Number.NaN,
    pValue: Math.min(1, 2 * Math.min(notAbove, notBelow)),
    resamples: count,
  };
}

/** Linear between neighbours, as numpy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

function checkOptions({
  resamples,
  seed,
  confidence,
}: {
  readonly resamples: number;
  readonly seed: number;
  readonly confidence: number;
}): void {
  if (!(Number.isInteger(resamples) && resamples > 0 && resamples <= 1e6)) {
    throw refuse(`${resamples} resamples cannot be drawn.`, {
      value: resamples,
      next: 'Pass a whole number from 1 to 1000000, as 1000.',
    });
  }
  if (!Number.isInteger(seed)) {
    throw refuse(`The seed ${seed} is no whole number.`, { value: seed, next: 'Pass one, as 1.' });
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw refuse(`A confidence of ${confidence} is out of range.`, {
      value: confidence,
      next: 'Pass a share between 0 and 1, as 0.95.',
    });
  }
}

function checkSame(a: EvaluationInput, b: EvaluationInput): void {
  const sameTruths =
    a.truths === b.truths ||
    (equal(a.truths.ids, b.truths.ids) &&
      equal(a.truths.imageIds, b.truths.imageIds) &&
      equal(a.truths.categoryIds, b.truths.categoryIds) &&
      equal(a.truths.areas, b.truths.areas));
  if (!sameTruths) {
    throw refuse('The two results are evaluated on different ground truths.', {
      value: b.truths.count,
      next: 'Evaluate both on the same annotations.',
    });
  }
  if (JSON.stringify(a.params) !== JSON.stringify(b.params)) {
    throw refuse('The two results are evaluated with different parameters.', {
      value: b.params,
      next: 'Evaluate both with the same type, images, categories and thresholds.',
    });
  }
}

function equal(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

function refuse(
  what: string,
  { value, next }: { readonly value: unknown; readonly next: string },
): CocoEvalError {
  return new CocoEvalError('INVALID_ARGUMENT', what, { value, next });
}
