// Says how good recipes are on pictures: fuses what was seen, and evaluates it by COCO's metric.

import {
  compareResults,
  type FigureDifference,
  figuresOf,
  type GroundTruth,
  prepareEvaluation,
  type ResultColumns,
} from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted, fuseSeenViews, nms, type SeenView, type View } from 'ssdlite';
import type { TunedRecipe } from './moves.ts';
import { type PictureBoxes, ResultList } from './result-list.ts';
import { type Sights, viewKey } from './sights.ts';

/** COCO's figures by name: `AP`, `APsmall`, ... */
export type Stats = Readonly<Record<string, number>>;

/** A way to look at pictures; `fast` is one pass by TF-OD's rule. */
export type Way = TunedRecipe | 'fast';

export interface JudgeOptions {
  readonly groundTruth: GroundTruth;
  readonly sights: Sights;
  /** Category by column. */
  readonly categoryOf: ReadonlyMap<number, number>;
  /** The view of one pass at the size for which the weights were trained. */
  readonly trainedView: View;
  readonly signal?: AbortSignal | undefined;
}

/** Detections of a picture that are looked at, as COCO's metric does. */
const maxDetections = 100;
/** TF-OD's suppression. */
const fastRule = { iouThreshold: 0.6, maxDetections, classAgnostic: false };
/** How long this may compute before others get their turn: a signal, a progress line. */
const turnMs = 50;

export class Judge {
  readonly #options: JudgeOptions;
  #lastPause = performance.now();

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Results of several ways on the same pictures; each picture's views are fetched once for all of them. */
  async results(
    ways: readonly Way[],
    imageIds: readonly number[],
    onImage: (done: number) => void = () => {},
  ): Promise<ResultColumns[]> {
    const { sights, categoryOf, trainedView } = this.#options;
    const viewsOf = (way: Way): readonly View[] => (way === 'fast' ? [trainedView] : way.views);
    const views = [...new Map(ways.flatMap(viewsOf).map((view) => [viewKey(view), view])).values()];
    const lists = ways.map(() => new ResultList(categoryOf));
    for (const [done, imageId] of imageIds.entries()) {
      await this.#pause();
      const seen = await sights.of(imageId, views);
      const byView = new Map(views.map((view, index) => [viewKey(view), seen[index] as SeenView]));
      for (const [index, way] of ways.entries()) {
        await this.#pause();
        const own = viewsOf(way).map((view) => byView.get(viewKey(view)) as SeenView);
        lists[index]?.add(
          imageId,
          way === 'fast' ? suppress(own[0] as SeenView) : fuseSeenViews(own, { ...way, maxDetections }),
        );
      }
      onImage(done + 1);
    }
    return lists.map(({ columns }) => columns);
  }

  /** @throws SsdliteError `INVALID_ARGUMENT` for a metric that there is not, or that these pictures cannot measure */
  stats(results: ResultColumns, imageIds: readonly number[]): Stats {
    return figuresOf(this.#evaluation(results, imageIds)).stats;
  }

  /** How much better `b` is than `a`, by a paired bootstrap over the pictures. */
  async compare(
    { a, b }: { readonly a: ResultColumns; readonly b: ResultColumns },
    {
      imageIds,
      confidence,
      resamples,
    }: { readonly imageIds: readonly number[]; readonly confidence: number; readonly resamples: number },
  ): Promise<Readonly<Record<string, FigureDifference>>> {
    await this.#pause();
    return compareResults({
      a: this.#evaluation(a, imageIds),
      b: this.#evaluation(b, imageIds),
      confidence,
      resamples,
    }).stats;
  }

  #evaluation(results: ResultColumns, imageIds: readonly number[]) {
    const categoryIds = [...this.#options.categoryOf.values()];
    // The metric refuses an empty list. One box of no score where nothing is says the same: nothing was found.
    const nothing: ResultColumns = {
      imageIds: imageIds.slice(0, 1),
      categoryIds: categoryIds.slice(0, 1),
      scores: [0],
      boxes: [0, 0, 1, 1],
    };
    return prepareEvaluation(this.#options.groundTruth, results.scores.length > 0 ? results : nothing, {
      type: 'bbox',
      imageIds: [...imageIds],
      categoryIds,
      keepMatches: false,
    });
  }

  /** Lets others run now and then, and ends the call if the signal says so. */
  async #pause(): Promise<void> {
    if (performance.now() - this.#lastPause > turnMs) {
      await new Promise<void>((resolve) => setTimeout(resolve));
      this.#lastPause = performance.now();
    }
    checkNotAborted(this.#options.signal);
  }
}

/** One pass by TF-OD's rule. */
function suppress(seen: SeenView): PictureBoxes {
  const { indices, scores } = nms({ ...seen, scores: Float32Array.from(seen.scores) }, fastRule);
  const boxes = new Float32Array(indices.length * 4);
  for (const [at, index] of indices.entries())
    boxes.set(seen.boxes.subarray(index * 4, index * 4 + 4), at * 4);
  const columns = Int32Array.from(indices, (index) => seen.columns[index] as number);
  return { count: indices.length, columns, scores, boxes };
}

/** @throws SsdliteError `INVALID_ARGUMENT` */
export function metricOf(stats: Stats, metric: string): number {
  const value = stats[metric];
  if (value !== undefined && value >= 0) return value;
  const known = Object.keys(stats).filter((name) => (stats[name] as number) >= 0);
  throw new SsdliteError(
    'INVALID_ARGUMENT',
    value === undefined
      ? `There is no metric '${metric}'.`
      : `${metric} cannot be measured on these pictures.`,
    { value: metric, next: `Pass one of: ${known.join(', ')}.` },
  );
}
