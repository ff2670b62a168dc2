// From the passes of several views to the detections of a picture.

import { type HeadOutputs, selectCandidates } from '../boxes/candidates.ts';
import type { BoxFormat, BoxFormats } from '../detect/detect-options.ts';
import type { Placement } from '../detect/placement.ts';
import { inFormat, type PostprocessOptions } from '../detect/postprocess.ts';
import type { Detection } from '../detection.ts';
import { type FusedBoxes, fuseViews } from './fuse-views.ts';
import type { PlannedPass } from './plan-views.ts';
import { type SizeWeight, sizeWeigher } from './size-weight.ts';
import { collectView, type SeenView, weighView } from './view-boxes.ts';
import type { Recipe } from './views.ts';

/** Boxes below this score say nothing, in any view. */
export const lowestScore = 0.02;

/** The detections of one picture by all of its views, best first. */
export function postprocessViews<Format extends BoxFormat>(
  passes: readonly ViewPass[],
  options: PostprocessOptions<Format> & {
    readonly planned: readonly PlannedPass[];
    readonly recipe: Required<Recipe>;
  },
): Detection<BoxFormats[Format]>[] {
  const { labelOf, image, recipe } = options;
  const { thresholds, maxDetections, boxFormat } = options.options;
  // Fusion needs what single views are unsure of; the caller's thresholds are for what comes out.
  const lowest = thresholds.map((threshold) => (threshold > 1 ? threshold : lowestScore));
  const views = seeViews(passes, { ...options, thresholds: lowest });
  const { count, columns, scores, boxes } = fuseSeenViews(views, { ...recipe, maxDetections });
  const detections: Detection<BoxFormats[Format]>[] = [];
  for (let index = 0; index < count; index++) {
    const classId = columns[index] as number;
    const score = scores[index] as number;
    if (score < (thresholds[classId] as number)) continue;
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(index * 4, index * 4 + 4);
    const box = { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin };
    detections.push({
      label: labelOf.get(classId) ?? String(classId),
      classId,
      score,
      box: inFormat(box, boxFormat, image),
    });
  }
  return detections;
}

/** What the network says of a part of a picture. */
export interface ViewPass {
  readonly outputs: HeadOutputs;
  readonly placement: Placement;
}

/** What each view of one picture saw, in the order of the views. */
export function seeViews(
  passes: readonly ViewPass[],
  options: Pick<PostprocessOptions<BoxFormat>, 'anchors' | 'coder'> & {
    readonly planned: readonly PlannedPass[];
    /** By column. */
    readonly thresholds: Float64Array;
  },
): SeenView[] {
  const { anchors, coder, planned, thresholds } = options;
  const found = passes.map(({ outputs, placement }, index) => ({
    pass: planned[index] as PlannedPass,
    candidates: selectCandidates(outputs, { anchors: anchors.of(placement.input), coder, thresholds }),
  }));
  const viewCount = Math.max(...planned.map(({ view }) => view)) + 1;
  return Array.from({ length: viewCount }, (_, view) =>
    collectView(found.filter(({ pass }) => pass.view === view)),
  );
}

/** Fuses what the views of one picture saw; best first. */
export function fuseSeenViews(
  views: readonly SeenView[],
  options: {
    readonly sizeWeights: readonly SizeWeight[];
    readonly maxDetections: number;
  },
): FusedBoxes {
  const weigh = sizeWeigher(options.sizeWeights);
  return fuseViews(
    views.map((view) => weighView(view, weigh)),
    options,
  );
}
