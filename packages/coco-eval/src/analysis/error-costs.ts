// What AP each kind of error costs: the AP that correcting all errors of one kind would add (Bolya et al. 2020, section 2.3).

import { CocoEvalError } from '../error.ts';
import { bestFirst } from '../metric/best-first.ts';
import { verdict } from '../metric/match.ts';
import { mean } from '../metric/pairwise-sum.ts';
import { averagePrecision } from './average-precision.ts';
import {
  type DetectionError,
  type ErrorKind,
  errorKinds,
  type FoundErrors,
  findErrors,
} from './error-kinds.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { type MatchesAt, matchAt, rankPlaces } from './match-at.ts';

export interface ErrorCost {
  /** How many there are. */
  readonly count: number;
  /** AP (0 to 1) at the foreground threshold that correcting them alone would add; not below 0. */
  readonly cost: number;
}

export interface ErrorCosts {
  readonly iouThreshold: number;
  readonly backgroundThreshold: number;
  /** AP at the IoU threshold, as COCO has it; -1 without ground truth. */
  readonly AP: number;
  /** By kind. The costs do not add up to 1 - AP: errors hide one another. */
  readonly kinds: Readonly<Record<ErrorKind, ErrorCost>>;
  /** What removing all false positives would add. */
  readonly falsePositives: ErrorCost;
  /** What forgiving all ground truths that were not found would add. */
  readonly falseNegatives: ErrorCost;
  /** The same category by category; a classification error is counted under the detected category. */
  readonly perCategory: readonly {
    readonly categoryId: number;
    readonly AP: number;
    readonly kinds: Readonly<Record<ErrorKind, ErrorCost>>;
  }[];
}

export interface ErrorCostsOptions {
  /** Overlap from which a detection is right. Default 0.5. */
  readonly iouThreshold?: number;
  /** Overlap up to which a detection has found nothing. Default 0.1. */
  readonly backgroundThreshold?: number;
  /** Matches at the IoU threshold, if they are at hand. */
  readonly matches?: MatchesAt;
}

/**
 * TIDE's six kinds of errors and their costs.
 *
 * Corrections: a detection of the wrong category gets the right one, a badly placed one is moved to its object; if the object has been
 * found already, or a better detection is corrected to it, the detection is removed instead. Errors of both, duplicates and detections of
 * background are removed. A missed object is no longer asked for; a category that has no other keeps its AP of 0 if something was detected
 * of it, and does not count otherwise.
 *
 * The counts are those of the authors' tool, `tidecv`; so are the costs, but for what it does otherwise than COCO: it counts categories
 * without ground truth as AP 0 and at most 100 detections of an image over all categories, looks only at images that have annotations,
 * calls detections on crowds errors, takes recalls of i / 100 for COCO's, and ranks wrong detections before right ones of the same score
 * once something is corrected.
 *
 * @throws CocoEvalError `INVALID_ARGUMENT` unless 0 <= background < IoU threshold <= 1
 */
export function errorCosts(
  input: EvaluationInput,
  { iouThreshold = 0.5, backgroundThreshold = 0.1, matches: given }: ErrorCostsOptions = {},
): ErrorCosts {
  if (!(backgroundThreshold >= 0 && backgroundThreshold < iouThreshold)) {
    throw new CocoEvalError(
      'INVALID_ARGUMENT',
      `A background threshold of ${backgroundThreshold} does not fit an IoU threshold of ${iouThreshold}.`,
      { value: backgroundThreshold, next: 'Pass one from 0 to below the IoU threshold, as 0.1.' },
    );
  }
  const matches = given ?? matchAt(input, iouThreshold);
  const found = findErrors(input, matches, backgroundThreshold);
  const truthClass = classOfTruths(matches);
  const categories = matches.categoryIds.map((_, column) => column);
  const scorer = new Scorer(matches, input.params.recallThresholds);
  const before = categories.map((column) => scorer.ap(column, {}));
  const winners = winnerOf(found.errors, matches, new Set(found.unmatched));
  const after = (kind: ErrorKind): number[] => {
    const mine = found.errors.filter((error) => error.kind === kind);
    const removed = new Set(mine.map(({ place }) => place));
    const gained = mine.filter(({ place, truth }) => winners.get(truth) === place);
    return categories.map((column) =>
      scorer.ap(column, {
        removed,
        gained: gained.filter(({ truth }) => truthClass.get(truth) === column).map(({ place }) => place),
        forgiven: kind === 'missed' ? countOf(found.missed, truthClass, column) : 0,
      }),
    );
  };
  const wrong = new Set(found.errors.map(({ place }) => place));
  const fixed = new Map(errorKinds.map((kind) => [kind, after(kind)]));
  const cost = (aps: readonly number[] = []): number => Math.max(0, meanAp(aps) - meanAp(before));
  const counts = countErrors(found, { matches, truthClass });
  const count = (kind: ErrorKind, column?: number): number =>
    column === undefined ? counts[kind].reduce((sum, own) => sum + own, 0) : (counts[kind][column] as number);
  const kinds = (costOf: (kind: ErrorKind) => number, column?: number): Record<ErrorKind, ErrorCost> =>
    Object.fromEntries(
      errorKinds.map((kind) => [kind, { count: count(kind, column), cost: costOf(kind) }]),
    ) as Record<ErrorKind, ErrorCost>;
  return {
    iouThreshold,
    backgroundThreshold,
    AP: meanAp(before),
    kinds: kinds((kind) => cost(fixed.get(kind))),
    falsePositives: {
      count: wrong.size,
      cost: cost(categories.map((column) => scorer.ap(column, { removed: wrong }))),
    },
    falseNegatives: {
      count: found.unmatched.length,
      cost: cost(
        categories.map((column) =>
          scorer.ap(column, { forgiven: countOf(found.unmatched, truthClass, column) }),
        ),
      ),
    },
    perCategory: matches.categoryIds.map((categoryId, column) => {
      const own = before[column] as number;
      return {
        categoryId,
        AP: own,
        kinds: kinds((kind) => {
          const better = fixed.get(kind)?.[column] ?? -1;
          return better < 0 || own < 0 ? 0 : Math.max(0, better - own);
        }, column),
      };
    }),
  };
}

/** Mean over the categories that have ground truth; -1 of none. */
function meanAp(aps: readonly number[]): number {
  const counted = aps.filter((ap) => ap >= 0);
  return counted.length === 0 ? -1 : mean(counted);
}

/** How many errors of each kind there are, by class. */
function countErrors(
  { errors, missed }: FoundErrors,
  { matches, truthClass }: { readonly matches: MatchesAt; readonly truthClass: ReadonlyMap<number, number> },
): Record<ErrorKind, Float64Array> {
  const counts = Object.fromEntries(
    errorKinds.map((kind) => [kind, new Float64Array(matches.categoryIds.length)]),
  ) as Record<ErrorKind, Float64Array>;
  const add = (own: Float64Array, column: number): void => {
    own[column] = (own[column] as number) + 1;
  };
  for (const { place, kind } of errors) add(counts[kind], matches.classes[place] as number);
  for (const truth of missed) add(counts.missed, truthClass.get(truth) ?? 0);
  return counts;
}

function countOf(truths: readonly number[], classes: ReadonlyMap<number, number>, column?: number): number {
  return column === undefined
    ? truths.length
    : truths.filter((truth) => classes.get(truth) === column).length;
}

function classOfTruths({ groups }: MatchesAt): Map<number, number> {
  const classes = new Map<number, number>();
  for (let column = 0; column + 1 < groups.classStart.length; column++) {
    const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
    const [from, to] = [groups.truthStart[first], groups.truthStart[end]];
    for (const truth of groups.truths.subarray(from, to)) classes.set(truth, column);
  }
  return classes;
}

/** For each ground truth that was not found, the best-scored error that could be corrected to find it. */
function winnerOf(
  errors: readonly DetectionError[],
  { scores }: MatchesAt,
  unmatched: ReadonlySet<number>,
): Map<number, number> {
  const winners = new Map<number, number>();
  for (const { place, kind, truth } of errors) {
    if ((kind !== 'classification' && kind !== 'localization') || !unmatched.has(truth)) continue;
    const rival = winners.get(truth);
    if (rival === undefined || (scores[place] as number) > (scores[rival] as number)) {
      winners.set(truth, place);
    }
  }
  return winners;
}

interface Correction {
  /** Detections that are taken out of their category. */
  readonly removed?: ReadonlySet<number>;
  /** Detections that are right in this category. */
  readonly gained?: readonly number[];
  /** Ground truths that are no longer asked for. */
  readonly forgiven?: number;
}

/** AP of a category after a correction. */
class Scorer {
  readonly #matches: MatchesAt;
  readonly #recallThresholds: readonly number[];
  readonly #ranked: readonly Int32Array[];

  constructor(matches: MatchesAt, recallThresholds: readonly number[]) {
    this.#matches = matches;
    this.#recallThresholds = recallThresholds;
    this.#ranked = matches.categoryIds.map((_, column) => rankPlaces(matches, column));
  }

  ap(column: number, { removed, gained = [], forgiven = 0 }: Correction): number {
    const { verdicts, scores } = this.#matches;
    const positives = this.#matches.positives[column] as number;
    const ranked = this.#ranked[column] ?? new Int32Array();
    if (forgiven > 0 && forgiven === positives) {
      return ranked.some((place) => verdicts[place] !== verdict.ignored) ? 0 : -1;
    }
    const kept = removed ? ranked.filter((place) => !removed.has(place)) : ranked;
    const right = new Set(gained);
    const places =
      gained.length === 0 ? kept : bestFirst(Int32Array.from([...kept, ...gained]).sort(), scores);
    return averagePrecision({
      outcomes: Uint8Array.from(places, (place) =>
        right.has(place) ? verdict.truePositive : (verdicts[place] as number),
      ),
      positives: positives - forgiven,
      recallThresholds: this.#recallThresholds,
    });
  }
}
