// The whole of tuning: split the pictures, climb on one part, judge on the other.

import type { FigureDifference, GroundTruth, ResultColumns } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import {
  checkLevelName,
  checkNotAborted,
  cocoSizeWeights,
  type Level,
  type Look,
  levelViews,
  type SsdConfig,
  type View,
} from 'ssdlite';
import { candidateViews, meanCost } from './candidate-views.ts';
import { climb, type TuneStep } from './climb.ts';
import { Judge, metricOf, type Stats, type Way } from './judge.ts';
import { movesFrom, type TunedRecipe } from './moves.ts';
import { MemoryStore, type SeenStore } from './seen-store.ts';
import { Sights, type TuneImage, viewKey } from './sights.ts';
import { folds as foldsOf, type Split, splitImages } from './split-images.ts';

export type { TuneImage } from './sights.ts';

/** How far tuning is. */
export interface TuneProgress {
  /** `looking`: the network runs; `choosing`: moves are compared; `judging`: the pictures that had no say are looked at. */
  readonly stage: 'looking' | 'choosing' | 'judging';
  readonly done: number;
  readonly total: number;
}

export interface TuneOptions {
  readonly images: readonly TuneImage[];
  /** Annotations of the pictures, loaded for `bbox`. */
  readonly groundTruth: GroundTruth;
  /** Runs the network: `detector.look(picture, { views, signal })`. */
  readonly look: (image: TuneImage, views: readonly View[]) => Promise<Look>;
  /** Category of the annotations by class of the weights; classes that are not there do not count. */
  readonly categoryOf: ReadonlyMap<number, number>;
  /** Of the weights, from their manifest. */
  readonly architecture: SsdConfig;
  /** Most multiply-adds a picture, as a multiple of one pass; at least 1. */
  readonly maxCost: number;
  /** Name of the level. Default `tuned`. */
  readonly name?: string;
  /** Share of the pictures that judge. Default 0.4. Not with `folds`. */
  readonly holdout?: number;
  /** Instead of a share: so many times another part judges what the rest tuned, and the level is tuned on all. For few pictures. */
  readonly folds?: number;
  /** What is to rise, by COCO's names. Default `AP`. */
  readonly metric?: string;
  /** Decides every split and draw. Default 1. */
  readonly seed?: number;
  /** Draws of the bootstrap that judges. Default 1000. */
  readonly resamples?: number;
  /** Where what was seen is kept. Default memory, up to 512 MiB. */
  readonly store?: SeenStore;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TuneProgress) => void;
  /** Receives what was taken, as soon as it is. */
  readonly onStep?: (step: TuneStep) => void;
  /** Receives what is wrong with a picture, which is then left out; without it, the call ends with the error. */
  readonly onUnreadable?: (error: unknown, image: TuneImage) => void;
}

/** One way to look, and how it does on the pictures that judge. */
export interface RecipeFigures {
  /** `fast`, the level from which tuning began, or the new one. */
  readonly name: string;
  /** Multiply-adds, as a multiple of one pass. */
  readonly cost: number;
  /** COCO's figures by name; -1 where the pictures cannot measure one. */
  readonly stats: Stats;
}

/** Figures on pictures that had no say in tuning. */
export interface HeldOutFigures {
  readonly images: number;
  readonly fast: RecipeFigures;
  readonly start: RecipeFigures;
  readonly tuned: RecipeFigures;
  /** Tuned less fast, and tuned less start, by COCO's names, with the 95 % intervals of a paired bootstrap over the pictures. */
  readonly overFast: Readonly<Record<string, FigureDifference>>;
  readonly overStart: Readonly<Record<string, FigureDifference>>;
}

export interface TuneResult {
  /** For `addLevel`. */
  readonly level: Level;
  /** Steps that were taken, on all pictures that tuned; none if no step was sure to be better than the level from which it began. */
  readonly steps: readonly TuneStep[];
  /** Pictures that tuned. */
  readonly tuningImages: number;
  readonly heldOut: HeldOutFigures;
}

/** Levels that every weights file has. */
interface NamedWay {
  readonly name: string;
  readonly recipe: TunedRecipe;
}

/**
 * Searches views and weights for a set of annotated pictures.
 *
 * It begins with the best of the built-in levels within the bound, and climbs from there (`climb`). Pictures that judge have no say in any of
 * this; with `folds`, every picture judges once what the others tuned, and the level itself is tuned on all.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`, `ABORTED`, and what `look` throws
 */
export async function tuneQuality(options: TuneOptions): Promise<TuneResult> {
  const {
    images,
    groundTruth,
    categoryOf,
    architecture,
    signal,
    store = new MemoryStore(),
    seed = 1,
  } = options;
  checkOptions(options);
  const columns = new Set(categoryOf.keys());
  const sights = new Sights({ images, look: options.look, store, columns });
  const { inputSize: trained } = architecture;
  const trainedView: View = { size: trained.height === trained.width ? trained.height : trained };
  const judge = new Judge({ groundTruth, sights, categoryOf, trainedView, signal });
  // Before hours are spent: whether the metric is one, and can be measured.
  const nothing = { imageIds: [], categoryIds: [], scores: [], boxes: [] };
  const all = images.map(({ id }) => id);
  metricOf(judge.stats(nothing, all), options.metric ?? 'AP');
  const sizes = await readableImages(sights, trainedView, options);
  const ids = [...sizes.keys()];
  const splits =
    options.folds === undefined
      ? [splitImages(ids, { holdout: options.holdout ?? 0.4, seed })]
      : foldsOf(ids, { count: options.folds, seed });
  const parts: Parts = { options, judge, sights, trainedView, sizes };

  const tuned: { split: Split; start: NamedWay; steps: TuneStep[] }[] = [];
  for (const split of splits) tuned.push({ split, ...(await tuneOn(split.tuning, parts)) });
  const heldOut = await judgeAll(tuned, parts);
  const [only] = tuned;
  const final = only && tuned.length === 1 ? only : await tuneOn(ids, parts);
  return {
    level: levelOf(final, { heldOut, parts, ids }),
    steps: final.steps,
    tuningImages: only && tuned.length === 1 ? only.split.tuning.length : ids.length,
    heldOut,
  };
}

interface Parts {
  readonly options: TuneOptions;
  readonly judge: Judge;
  readonly sights: Sights;
  readonly trainedView: View;
  /** Pictures that can be read, by id. */
  readonly sizes: ReadonlyMap<number, { readonly height: number; readonly width: number }>;
}

/** Looks at every picture once, so that what cannot be read is known before hours are spent. */
async function readableImages(
  sights: Sights,
  view: View,
  { images, signal, onProgress, onUnreadable }: TuneOptions,
): Promise<Map<number, { height: number; width: number }>> {
  const sizes = new Map<number, { height: number; width: number }>();
  for (const [done, image] of images.entries()) {
    checkNotAborted(signal);
    try {
      const [seen] = await sights.of(image.id, [view]);
      const [region] = seen?.regions ?? [];
      if (region) sizes.set(image.id, { height: region.height, width: region.width });
    } catch (error) {
      if (!onUnreadable || signal?.aborted) throw error;
      onUnreadable(error, image);
    }
    onProgress?.({ stage: 'looking', done: done + 1, total: images.length });
  }
  return sizes;
}

async function tuneOn(
  imageIds: readonly number[],
  { options, judge, sights, trainedView, sizes }: Parts,
): Promise<{ start: NamedWay; steps: TuneStep[] }> {
  const { architecture, maxCost, metric = 'AP', seed = 1, signal, onProgress, onStep } = options;
  const images = imageIds.map((id) => sizes.get(id) as { height: number; width: number });
  const costOf = (views: readonly View[]): number => meanCost(views, { architecture, images });
  const candidates = candidateViews({ architecture, maxCost, images });
  const starts = builtInLevels(trainedView, architecture).filter(
    ({ recipe }) => costOf(recipe.views) <= maxCost,
  );
  const tried = [...candidates, ...starts.flatMap(({ recipe }) => recipe.views)];
  const views = [...new Map(tried.map((view) => [viewKey(view), view])).values()];
  for (const [done, id] of imageIds.entries()) {
    checkNotAborted(signal);
    await sights.of(id, views);
    onProgress?.({ stage: 'looking', done: done + 1, total: imageIds.length });
  }
  const results = await judge.results(
    starts.map(({ recipe }) => recipe),
    imageIds,
  );
  const values = results.map((result) => metricOf(judge.stats(result, imageIds), metric));
  const start = starts[values.indexOf(Math.max(...values))] as NamedWay;
  const steps = await climb(start.recipe, {
    judge,
    imageIds,
    metric,
    seed,
    movesFrom: (recipe) => movesFrom(recipe, { candidates, costOf, maxCost }),
    onProgress: (done, total) => onProgress?.({ stage: 'choosing', done, total }),
    onStep: (step) => onStep?.(step),
  });
  return { start, steps };
}

/** From where tuning may begin: one pass with box voting, and the levels of several views. */
function builtInLevels(trainedView: View, { inputSize }: SsdConfig): NamedWay[] {
  const single = { name: 'soft-vote', recipe: { views: [trainedView], sizeWeights: cocoSizeWeights } };
  const levels = (['balanced', 'high', 'max'] as const).map((name) => ({
    name,
    recipe: { views: levelViews(name, inputSize), sizeWeights: cocoSizeWeights },
  }));
  return [single, ...levels];
}

/** Every picture that judges, by what was tuned without it. */
async function judgeAll(
  tuned: readonly { readonly split: Split; readonly start: NamedWay; readonly steps: readonly TuneStep[] }[],
  { options, judge, sizes }: Parts,
): Promise<HeldOutFigures> {
  const { resamples = 1000, onProgress, architecture } = options;
  const total = tuned.reduce((sum, { split }) => sum + split.heldOut.length, 0);
  const all: ResultColumns[][] = [];
  let before = 0;
  for (const { split, start, steps } of tuned) {
    const ways: Way[] = ['fast', start.recipe, recipeAfter(start, steps)];
    all.push(
      await judge.results(ways, split.heldOut, (done) =>
        onProgress?.({ stage: 'judging', done: before + done, total }),
      ),
    );
    before += split.heldOut.length;
  }
  const imageIds = tuned.flatMap(({ split }) => split.heldOut);
  const images = imageIds.map((id) => sizes.get(id) as { height: number; width: number });
  const [fast, start, final] = [0, 1, 2].map((way) =>
    joined(all.map((one) => one[way] as ResultColumns)),
  ) as [ResultColumns, ResultColumns, ResultColumns];
  const costOf = (pick: (one: (typeof tuned)[number]) => readonly View[]): number =>
    tuned.reduce((sum, one) => sum + meanCost(pick(one), { architecture, images }), 0) / tuned.length;
  const compare = { imageIds, confidence: 0.95, resamples };
  return {
    images: imageIds.length,
    fast: { name: 'fast', cost: 1, stats: judge.stats(fast, imageIds) },
    start: {
      name: [...new Set(tuned.map((one) => one.start.name))].join(' or '),
      cost: costOf((one) => one.start.recipe.views),
      stats: judge.stats(start, imageIds),
    },
    tuned: {
      name: options.name ?? 'tuned',
      cost: costOf((one) => recipeAfter(one.start, one.steps).views),
      stats: judge.stats(final, imageIds),
    },
    overFast: await judge.compare({ a: fast, b: final }, compare),
    overStart: await judge.compare({ a: start, b: final }, compare),
  };
}

function recipeAfter(start: NamedWay, steps: readonly TuneStep[]): TunedRecipe {
  return steps.at(-1)?.recipe ?? start.recipe;
}

function joined(results: readonly ResultColumns[]): ResultColumns {
  return {
    imageIds: results.flatMap(({ imageIds }) => Array.from(imageIds)),
    categoryIds: results.flatMap(({ categoryIds }) => Array.from(categoryIds)),
    scores: results.flatMap(({ scores }) => Array.from(scores)),
    boxes: results.flatMap(({ boxes }) => Array.from(boxes ?? [])),
  };
}

function levelOf(
  final: { readonly start: NamedWay; readonly steps: readonly TuneStep[] },
  {
    heldOut,
    parts,
    ids,
  }: { readonly heldOut: HeldOutFigures; readonly parts: Parts; readonly ids: readonly number[] },
): Level {
  const { options, sizes } = parts;
  const { architecture, folds, name = 'tuned', metric = 'AP', seed = 1 } = options;
  const { views, sizeWeights } = recipeAfter(final.start, final.steps);
  const images = ids.map((id) => sizes.get(id) as { height: number; width: number });
  const how =
    folds === undefined
      ? 'put aside before tuning'
      : `in ${folds} folds, each tuned without the pictures that judge it`;
  const method = `COCO's metric on pictures ${how} (seed ${seed}); boxes over a score of 0.02, 100 a picture`;
  const dataSet = `${heldOut.images} pictures that had no say`;
  const figure = (of: string, { stats }: RecipeFigures) => ({
    name: `${metric}${of}`,
    value: stats[metric] as number,
    dataSet,
    method,
  });
  return {
    name,
    views,
    sizeWeights,
    cost: Number(meanCost(views, { architecture, images }).toPrecision(4)),
    metrics: [
      figure('', heldOut.tuned),
      figure(' of fast', heldOut.fast),
      ...(final.steps.length > 0 ? [figure(` of ${heldOut.start.name}`, heldOut.start)] : []),
    ],
  };
}

function checkOptions({ images, categoryOf, maxCost, holdout, folds, name }: TuneOptions): void {
  if (name !== undefined) checkLevelName(name);
  if (categoryOf.size === 0) {
    throw new SsdliteError('INVALID_ARGUMENT', 'No class of the weights is a category of the annotations.', {
      next: 'Pass the category id of each class id that counts.',
    });
  }
  if (!(typeof maxCost === 'number' && maxCost >= 1 && Number.isFinite(maxCost))) {
    throw new SsdliteError('INVALID_ARGUMENT', `maxCost is ${maxCost}.`, {
      value: maxCost,
      next: 'Pass a number of at least 1: the multiply-adds of one pass are 1.',
    });
  }
  if (holdout !== undefined && folds !== undefined) {
    throw new SsdliteError('INVALID_ARGUMENT', 'Both holdout and folds are given.', {
      value: { holdout, folds },
      next: 'Pass one of them.',
    });
  }
  if (new Set(images.map(({ id }) => id)).size === images.length) return;
  throw new SsdliteError('INVALID_ARGUMENT', 'A picture is there twice.', {
    value: images.length,
    next: 'Pass each picture once: it would tune and judge.',
  });
}
