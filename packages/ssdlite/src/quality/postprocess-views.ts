// From the passes of several views to the detections of a picture.

import { type HeadOutputs, selectCandidates } from '../boxes/candidates.ts';
import type { BoxFormat, BoxFormats } from '../detect/detect-options.ts';
import type { Placement } from '../detect/placement.ts';
import { inFormat, type PostprocessOptions } from '../detect/postprocess.ts';
import type { Detection } from '../detection.ts';
import { fuseViews } from './fuse-views.ts';
import type { PlannedPass } from './plan-views.ts';
import { collectView } from './view-boxes.ts';

/** Boxes below this score say nothing, in any view. */
const lowestScore = 0.02;

/** The detections of one picture by all of its views, best first. */
export function postprocessViews<Format extends BoxFormat>(
  passes: readonly { readonly outputs: HeadOutputs; readonly placement: Placement }[],
  options: PostprocessOptions<Format> & { readonly planned: readonly PlannedPass[] },
): Detection<BoxFormats[Format]>[] {
  const { anchors, coder, labelOf, image, planned } = options;
  const { thresholds, maxDetections, boxFormat } = options.options;
  // Fusion needs what single views are unsure of; the caller's thresholds are for what comes out.
  const lowest = thresholds.map((threshold) => (threshold > 1 ? threshold : lowestScore));
  const found = passes.map(({ outputs, placement }, index) => ({
    pass: planned[index] as PlannedPass,
    candidates: selectCandidates(outputs, {
      anchors: anchors.of(placement.input),
      coder,
      thresholds: lowest,
    }),
  }));
  const viewCount = Math.max(...planned.map(({ view }) => view)) + 1;
  const views = Array.from({ length: viewCount }, (_, view) =>
    collectView(found.filter(({ pass }) => pass.view === view)),
  );
  const { count, columns, scores, boxes } = fuseViews(views, { maxDetections });
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
