// Which detection took which ground truth, image by image (pycocotools' `evalImgs`).

import { CocoEvalError } from './error.ts';
import type { Evaluation } from './evaluation.ts';
import { verdict } from './metric/match.ts';
import { TruthOrders } from './metric/truth-order.ts';

/** Matches of one image, class and size class. D detections, G ground truths, T thresholds. */
export interface ImageMatches {
  readonly imageId: number;
  /** -1 if categories are not told apart. */
  readonly categoryId: number;
  /** Label of the size class. */
  readonly area: string;
  /** `[D]`: places in the results, best score first. */
  readonly detections: Int32Array;
  /** `[G]`: places in the annotations, the ignored ones last. */
  readonly truths: Int32Array;
  /** `[G]`: 1 for the ignored ones, `[0, ..., 1]`. */
  readonly truthIgnored: Uint8Array;
  /** `[T][D]`: place in the annotations of what it took, or -1. */
  readonly detectionMatches: readonly Int32Array[];
  /** `[T][G]`: place in the results of what took it, or -1; the last one of a crowd. */
  readonly truthMatches: readonly Int32Array[];
  /** `[T][D]`: 1 if it counts neither as right nor as wrong. */
  readonly detectionIgnored: readonly Uint8Array[];
}

/**
 * All matches in pycocotools' order: by class, size class and image; without those that have neither ground truths nor detections.
 *
 * @param evaluation made with `keepMatches`
 */
export function* imageMatches(evaluation: Evaluation): Generator<ImageMatches, void> {
  const { groups, params, truths, matches } = evaluation;
  const { matched } = matches;
  if (!matched) {
    throw new CocoEvalError('INVALID_ARGUMENT', 'The matches were not kept.', {
      value: matched,
      next: 'Evaluate with keepMatches.',
    });
  }
  const T = params.iouThresholds.length;
  const count = groups.detections.length;
  const orders = new TruthOrders(truths, params);
  for (let k = 0; k + 1 < groups.classStart.length; k++) {
    for (const [a, range] of params.areaRanges.entries()) {
      for (
        let group = groups.classStart[k] as number;
        group < (groups.classStart[k + 1] as number);
        group++
      ) {
        const from = groups.detectionStart[group] as number;
        const to = groups.detectionStart[group + 1] as number;
        const detections = groups.detections.slice(from, to);
        const mine = groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1]);
        const { indices, real } = orders.of(mine, range);
        const detectionMatches = Array.from({ length: T }, (_, t) =>
          matched.slice((a * T + t) * count + from, (a * T + t) * count + to),
        );
        yield {
          imageId: params.imageIds[groups.images[group] as number] as number,
          categoryId: params.useCategories ? (params.categoryIds[k] as number) : -1,
          area: range.label,
          detections,
          truths: indices,
          truthIgnored: new Uint8Array(indices.length).fill(1, real),
          detectionMatches,
          truthMatches: detectionMatches.map((row) =>
            turned(row, { detections, truths: indices, crowds: truths.crowds }),
          ),
          detectionIgnored: detectionMatches.map((_, t) =>
            matches.verdicts
              .subarray((a * T + t) * count + from, (a * T + t) * count + to)
              .map((outcome) => (outcome === verdict.ignored ? 1 : 0)),
          ),
        };
      }
    }
  }
}

/**
 * From what each detection took to what took each ground truth. Of annotations with one id pycocotools has copies of the last, and a
 * detection takes the last copy that is free.
 */
function turned(
  row: Int32Array,
  {
    detections,
    truths,
    crowds,
  }: { readonly detections: Int32Array; readonly truths: Int32Array; readonly crowds: Uint8Array },
): Int32Array {
  const taken = new Int32Array(truths.length).fill(-1);
  for (const [place, truth] of row.entries()) {
    if (truth < 0) continue;
    let slot = truths.lastIndexOf(truth);
    while (slot > 0 && taken[slot] !== -1 && !crowds[truth]) slot = truths.lastIndexOf(truth, slot - 1);
    taken[slot] = detections[place] as number;
  }
  return taken;
}
