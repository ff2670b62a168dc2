// Which category is taken for which: COCO's own matches first, then what is left is paired across categories.

import { verdict } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import { type EvaluationInput, everySize, findable } from './evaluation-input.ts';
import { type MatchesAt, matchAt } from './match-at.ts';
import { bestF1, scoreCurves } from './score-curve.ts';

/**
 * Counts by true category (row) and detected category (column). The last row and column are the background: a detection of nothing is in
 * the last row, an object that nobody detected in the last column.
 */
export interface ConfusionMatrix {
  /** Category ids of rows and columns, without the background. */
  readonly categoryIds: readonly number[];
  /** `[n + 1, n + 1]`, row-major. */
  readonly counts: Float64Array;
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
}

export interface ConfusionMatrixOptions {
  /** Default 0.5. */
  readonly iouThreshold?: number;
  /** Detections below it are left out. Default: the threshold with the best F1 over all categories at this IoU. */
  readonly scoreThreshold?: number;
  /** Matches at the IoU threshold with categories told apart, if they are at hand. */
  readonly matches?: MatchesAt;
}

/**
 * Confusion matrix of the detections of at least a score.
 *
 * 1. Detections take ground truths of their own category exactly as in COCO: best score first, each the free one that it overlaps most,
 *    from the IoU threshold on. So the diagonal holds the true positives of the metric.
 * 2. What is then left of an image, detections and ground truths, is paired across categories: most overlap first (ties: better score,
 *    then order of the file), from the same threshold on, each once.
 * 3. The rest meets the background.
 *
 * Crowds are no ground truth here; detections that COCO ignores because of one are left out. With `useCategories: false` the categories
 * are told apart all the same.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` if the IoU threshold is out of range
 */
export function confusionMatrix(
  input: EvaluationInput,
  { iouThreshold = 0.5, scoreThreshold, matches: given }: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  const byCategory = { ...input, params: { ...input.params, useCategories: true } };
  const matches = given ?? matchAt(byCategory, iouThreshold);
  const threshold = scoreThreshold ?? bestF1(scoreCurves(matches).overall).scoreThreshold;
  const { categoryIds } = matches;
  const size = categoryIds.length + 1;
  const counts = new Float64Array(size * size);
  const add = (row: number, column: number): void => {
    counts[row * size + column] = (counts[row * size + column] as number) + 1;
  };
  const rowOf = new Map(categoryIds.map((id, place) => [id, place]));
  const row = (truth: number): number => rowOf.get(input.truths.categoryIds[truth] as number) ?? size - 1;
  const { places, truths } = leftovers(byCategory, matches, threshold, add);
  const overlaps = overlapsOf(input.truths, input.detections, byCategory.params);
  for (const [image, own] of truths.entries()) {
    const found = places[image] ?? [];
    const pairs = pairUp(overlaps, { matches, found, own, iouThreshold, row });
    for (const place of found) {
      const truth = pairs.get(place);
      add(truth === undefined ? size - 1 : row(truth), matches.classes[place] as number);
    }
    const paired = new Set(pairs.values());
    for (const truth of own) if (!paired.has(truth)) add(row(truth), size - 1);
  }
  return { categoryIds, counts, iouThreshold, scoreThreshold: threshold };
}

/** Counts what is right and gives what is left of each image: detections by place, ground truths by index. */
function leftovers(
  input: EvaluationInput,
  matches: MatchesAt,
  threshold: number,
  add: (row: number, column: number) => void,
): { readonly places: number[][]; readonly truths: number[][] } {
  const { groups, verdicts, matched, scores, classes, images } = matches;
  const places: number[][] = input.params.imageIds.map(() => []);
  const truths: number[][] = input.params.imageIds.map(() => []);
  const taken = new Set<number>();
  for (const [place, outcome] of verdicts.entries()) {
    if (!((scores[place] as number) >= threshold) || outcome === verdict.ignored) continue;
    if (outcome === verdict.truePositive) {
      taken.add(matched[place] as number);
      add(classes[place] as number, classes[place] as number);
    } else places[images[place] as number]?.push(place);
  }
  const counts = findable(input, everySize(input.params));
  for (const [group, image] of groups.images.entries()) {
    for (const truth of groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1])) {
      if (counts(truth) && !taken.has(truth)) truths[image]?.push(truth);
    }
  }
  return { places, truths };
}

/** Ground truth by detection's place. */
function pairUp(
  overlaps: ReturnType<typeof overlapsOf>,
  {
    matches,
    found,
    own,
    iouThreshold,
    row,
  }: {
    readonly matches: MatchesAt;
    readonly found: readonly number[];
    readonly own: readonly number[];
    readonly iouThreshold: number;
    readonly row: (truth: number) => number;
  },
): Map<number, number> {
  const { groups, classes, scores } = matches;
  const pair = overlaps(
    Int32Array.from(found, (place) => groups.detections[place] as number),
    Int32Array.from(own),
  );
  const lowest = Math.min(iouThreshold, 1 - 1e-10);
  const candidates: { place: number; truth: number; overlap: number }[] = [];
  for (const [d, place] of found.entries()) {
    for (const [g, truth] of own.entries()) {
      if (row(truth) === classes[place]) continue;
      const overlap = pair.at(d, g);
      if (overlap >= lowest) candidates.push({ place, truth, overlap });
    }
  }
  const detection = (place: number): number => groups.detections[place] as number;
  candidates.sort(
    (a, b) =>
      b.overlap - a.overlap ||
      (scores[b.place] as number) - (scores[a.place] as number) ||
      detection(a.place) - detection(b.place) ||
      a.truth - b.truth,
  );
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  for (const { place, truth } of candidates) {
    if (pairs.has(place) || taken.has(truth)) continue;
    pairs.set(place, truth);
    taken.add(truth);
  }
  return pairs;
}
