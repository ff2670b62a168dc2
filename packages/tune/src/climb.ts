// From a recipe to a better one, step by step; a step must be better by more than chance, on pictures that did not choose it.

import type { FigureDifference, ResultColumns } from '@ssdlite/coco-eval';
import { type Judge, metricOf } from './judge.ts';
import type { Move, TunedRecipe } from './moves.ts';
import { shuffled } from './shuffle.ts';

/** A step that was taken. */
export interface TuneStep {
  /** In words: `add 428`. */
  readonly what: string;
  readonly recipe: TunedRecipe;
  /** On the pictures that confirmed it. */
  readonly gain: number;
  readonly interval: readonly [low: number, high: number];
  /** Pictures that confirmed it. */
  readonly images: number;
  /** Moves that were tried. */
  readonly tried: number;
}

export interface ClimbOptions {
  readonly judge: Judge;
  /** Pictures that tune. */
  readonly imageIds: readonly number[];
  readonly movesFrom: (recipe: TunedRecipe) => readonly Move[];
  /** What is to rise. */
  readonly metric: string;
  readonly seed: number;
  readonly onProgress: (done: number, total: number) => void;
  readonly onStep: (step: TuneStep) => void;
}

/** Pictures on which moves are compared with one another, at most: it costs a fusion per picture and move. */
const mostChoosing = 100;
/** Moves that are confirmed, the most promising ones. */
const confirmed = 3;
/** Chance of taking a move that is none better, in a step. */
const risk = 0.05;
const resamples = 500;
/** Moves whose results are in memory at once. */
const movesAtOnce = 24;
const mostSteps = 20;

/**
 * Climbs until no step is sure to lead up. In every step chance parts the pictures: one part (half, at most 100) chooses the three most
 * promising moves, and the rest confirms them by a paired bootstrap: the lower end of the interval of the gain must be over 0, at a
 * confidence that allows for there being three.
 */
export async function climb(
  start: TunedRecipe,
  { judge, imageIds, movesFrom, metric, seed, onProgress, onStep }: ClimbOptions,
): Promise<TuneStep[]> {
  const steps: TuneStep[] = [];
  let current = start;
  while (steps.length < mostSteps) {
    const order = shuffled(imageIds, seed + steps.length);
    const choosing = order.slice(0, Math.min(mostChoosing, Math.floor(order.length / 2)));
    const confirming = order.slice(choosing.length);
    const moves = movesFrom(current);
    const best = await mostPromising(moves, { current, judge, choosing, metric, onProgress });
    const step = await confirm(best, { current, judge, confirming, metric, tried: moves.length });
    if (!step) break;
    steps.push(step);
    onStep(step);
    current = step.recipe;
  }
  return steps;
}

async function mostPromising(
  moves: readonly Move[],
  {
    current,
    judge,
    choosing,
    metric,
    onProgress,
  }: Pick<ClimbOptions, 'judge' | 'metric' | 'onProgress'> & {
    readonly current: TunedRecipe;
    readonly choosing: readonly number[];
  },
): Promise<Move[]> {
  const total = moves.length * choosing.length;
  const rate = (results: ResultColumns): number => metricOf(judge.stats(results, choosing), metric);
  const [now = Number.NaN] = (await judge.results([current], choosing)).map(rate);
  const rated: { move: Move; value: number }[] = [];
  for (let from = 0; from < moves.length; from += movesAtOnce) {
    const group = moves.slice(from, from + movesAtOnce);
    const recipes = group.map(({ recipe }) => recipe);
    const results = await judge.results(recipes, choosing, (done) =>
      onProgress(from * choosing.length + done * group.length, total),
    );
    for (const [index, move] of group.entries()) {
      rated.push({ move, value: rate(results[index] as ResultColumns) });
    }
  }
  return rated
    .filter(({ value }) => value > now)
    .sort((a, b) => b.value - a.value)
    .slice(0, confirmed)
    .map(({ move }) => move);
}

async function confirm(
  moves: readonly Move[],
  {
    current,
    judge,
    confirming,
    metric,
    tried,
  }: Pick<ClimbOptions, 'judge' | 'metric'> & {
    readonly current: TunedRecipe;
    readonly confirming: readonly number[];
    readonly tried: number;
  },
): Promise<TuneStep | undefined> {
  if (moves.length === 0) return undefined;
  const [a, ...others] = await judge.results([current, ...moves.map(({ recipe }) => recipe)], confirming);
  let best: TuneStep | undefined;
  for (const [index, { what, recipe }] of moves.entries()) {
    const pair = { a: a as ResultColumns, b: others[index] as ResultColumns };
    const stats = await judge.compare(pair, {
      imageIds: confirming,
      confidence: 1 - (2 * risk) / confirmed,
      resamples,
    });
    const { difference, interval } = stats[metric] as FigureDifference;
    if (!(interval[0] > 0) || (best && best.gain >= difference)) continue;
    best = { what, recipe, gain: difference, interval, images: confirming.length, tried };
  }
  return best;
}
