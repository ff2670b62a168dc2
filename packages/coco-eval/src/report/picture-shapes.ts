// What was compared, as far as it is not a box: outlines of masks, keypoints and how they are joined.

import type { CocoCategory } from '../data/coco-types.ts';
import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import type { Evaluation } from '../evaluation.ts';
import { type Rle, toBbox } from '../mask/rle.ts';
import { simplifyOutline } from '../mask/simplify-outline.ts';
import { type Ring, traceOutline } from '../mask/trace-outline.ts';
import type { ReportBox, ReportSkeleton } from './report-data.ts';

/** Corners of one outline, 2 kB at most. Run lengths are longer already for masks like COCO's, and grow with the picture. */
const mostCorners = 200;

/** Corners of all outlines on a picture: what keeps two galleries below half a megabyte. */
const mostOnPicture = 2000;

/** Pictures are drawn some 640 points wide, and nobody sees a line that is off by less than one of them. */
const pictureSteps = 640;

/** Small objects keep their form when they are looked at closely. */
const objectSteps = 16;

/** Masks of more runs (noise, mostly) or wider ones are not outlined: their box is drawn. */
const mostRuns = 2 ** 16;
const mostColumns = 2 ** 16;

type Shape = Pick<ReportBox, 'outline' | 'keypoints'>;

/** What is drawn of an annotation or a detection (its place in the columns): nothing but its box if that was compared. */
type ShapeOf = (columns: TruthColumns | DetectionColumns, index: number) => Shape;

/** What is on a picture, with outlines as coarse as they must be to be few bytes; what would be nothing then is a box. */
export function fitOutlines(
  evaluation: Evaluation,
  draw: (shapeOf: ShapeOf) => readonly ReportBox[],
): readonly ReportBox[] {
  for (let coarseness = 1; ; coarseness *= 1.5) {
    const boxes = draw(shapesBy(evaluation, coarseness));
    const corners = boxes.flatMap(({ outline = [] }) => outline.map((ring) => ring.length / 2));
    if (corners.reduce((sum, count) => sum + count, 0) <= mostOnPicture) return boxes;
  }
}

function shapesBy({ params, categories }: Evaluation, coarseness: number): ShapeOf {
  const skeletonOf = new Map(categories.map(({ id }, place) => [id, place]));
  return (columns, index) => {
    const mask = params.type === 'segm' ? columns.masks?.[index] : undefined;
    if (mask) {
      const outline = outlineOf(mask, coarseness);
      return outline.length > 0 ? { outline } : {};
    }
    if (params.type !== 'keypoints') return {};
    const points = pointsOf(columns, index);
    const skeleton = skeletonOf.get(columns.categoryIds[index] as number) ?? -1;
    return points.length > 0 ? { keypoints: { points, skeleton } } : {};
  };
}

function outlineOf(mask: Rle, coarseness: number): readonly Ring[] {
  const { height, width, counts } = mask;
  if (counts.length > mostRuns || width > mostColumns) return [];
  const [, , boxWidth, boxHeight] = toBbox(mask);
  const finest = Math.min(
    Math.max(height, width) / pictureSteps,
    Math.max(boxWidth, boxHeight) / objectSteps,
  );
  return simplifyOutline(traceOutline(mask), { tolerance: finest * coarseness, mostCorners });
}

/**
 * x, y, visibility of every point, tenths of pixels; empty if none can be drawn. What stands for the visibility of a detected point is
 * anything (https://cocodataset.org/#format-results): all of its points are drawn unless 0 tells some of them from others.
 */
function pointsOf(columns: TruthColumns | DetectionColumns, index: number): number[] {
  const { keypoints = new Float64Array(), count } = columns;
  const size = keypoints.length / count;
  const own = keypoints
    .subarray(index * size, (index + 1) * size)
    .map((value, at) => (at % 3 < 2 ? Math.round(value * 10) / 10 : value));
  const isDetected = 'scores' in columns;
  const tellsApart = !isDetected || own.some((value, at) => at % 3 === 2 && value > 0);
  const points = Array.from(own, (value, at) => {
    if (at % 3 < 2) return Number.isFinite(value) ? value : 0;
    const isPlace = Number.isFinite(own[at - 2]) && Number.isFinite(own[at - 1]);
    if (!isPlace || (tellsApart && !(value > 0))) return 0;
    return isDetected ? 2 : Math.min(2, Math.ceil(value));
  });
  return points.some((value, at) => at % 3 === 2 && value > 0) ? points : [];
}

/**
 * The names of each category's keypoints and how they are joined, in the order of the categories; and what is wrong with them, in words.
 * Without a skeleton there are the points alone.
 */
export function skeletonsOf({ params, categories, truths, detections }: Evaluation): {
  readonly skeletons: readonly ReportSkeleton[];
  readonly warnings: readonly string[];
} {
  if (params.type !== 'keypoints') return { skeletons: [], warnings: [] };
  const numbers = Math.max(
    ...[truths, detections].map(({ keypoints, count }) => (keypoints?.length ?? 0) / Math.max(1, count)),
  );
  const warnings: string[] = [];
  const skeletons = categories.map((category) => {
    const { names, bones, wrong } = skeletonOf(category, numbers / 3);
    if (wrong) {
      const named = category.name ?? category.id;
      warnings.push(
        `The skeleton of the category ${named} joins ${wrong.join(' and ')}, of ${numbers / 3} keypoints counted from 1; that line is not drawn.`,
      );
    }
    return { names, bones };
  });
  return { skeletons, warnings };
}

function skeletonOf(
  { keypoints: names = [], skeleton = [] }: CocoCategory,
  points: number,
): ReportSkeleton & { readonly wrong: readonly number[] | undefined } {
  const isBone = (pair: readonly number[]): boolean =>
    pair.length === 2 && pair.every((point) => Number.isInteger(point) && point >= 1 && point <= points);
  return {
    names,
    bones: skeleton.filter(isBone).map(([from = 1, to = 1]) => [from - 1, to - 1]),
    wrong: points > 0 ? skeleton.find((pair) => !isBone(pair)) : undefined,
  };
}
