// Boxes that are right but written in another format give an AP near 0 without a word: this finds them.

import { type BoxXywh, boxIou } from '../metric/box-iou.ts';
import type { DetectionColumns } from './columns.ts';
import type { GroundTruth } from './loaded.ts';
import type { WarningCollector } from './warnings.ts';

/** Boxes looked at; formats do not change within a file. */
const sampled = 2000;

/** A share of boxes this large has the other format. */
const most = 0.9;

/** In the other format at least this share hits a ground truth, and this many times more than as they stand. */
const hitShare = 0.05;
const hitRatio = 3;

/** Warns of boxes that look normalised, or like corners. */
export function findFormat(
  detections: DetectionColumns,
  { groundTruth, warnings }: { readonly groundTruth: GroundTruth; readonly warnings: WarningCollector },
): void {
  const places = sample(detections.count);
  const box = (place: number): BoxXywh => boxAt(detections.boxes, place);
  const normalised = places.filter((place) => isNormalised(box(place)));
  if (normalised.length >= most * places.length && hasPixels(groundTruth)) {
    warnings.add('NORMALIZED_BOXES', { list: 'results', index: normalised[0] ?? 0 }, () =>
      all(box(normalised[0] ?? 0), 'look like fractions of the image'),
    );
    return;
  }
  const truthsOf = truthsByImage(groundTruth);
  const hits = (asBox: (box: BoxXywh) => BoxXywh): number[] =>
    places.filter((place) => {
      const candidate = asBox(box(place));
      const category = detections.categoryIds[place];
      return (truthsOf.get(detections.imageIds[place] as number) ?? []).some(
        (truth) =>
          groundTruth.truths.categoryIds[truth] === category &&
          boxIou(candidate, boxAt(groundTruth.truths.boxes, truth), false) >= 0.5,
      );
    });
  const asCorners = hits(([left, top, right, bottom]) => [left, top, right - left, bottom - top]);
  const [first] = asCorners;
  if (first === undefined || asCorners.length < hitShare * places.length) return;
  if (asCorners.length < hitRatio * hits((same) => same).length) return;
  warnings.add('CORNER_BOXES', { list: 'results', index: first }, () =>
    all(box(first), 'fit the ground truth as left, top, right, bottom'),
  );
}

function all(box: BoxXywh, what: string): string {
  return `.bbox is [${box.join(', ')}]; this and other boxes ${what}.`;
}

function sample(count: number): number[] {
  const step = Math.max(1, count / sampled);
  return Array.from({ length: Math.min(count, sampled) }, (_, i) => Math.floor(i * step));
}

function boxAt(boxes: Float64Array, place: number): BoxXywh {
  const [left = 0, top = 0, width = 0, height = 0] = boxes.subarray(place * 4, place * 4 + 4);
  return [left, top, width, height];
}

function isNormalised([left, top, width, height]: BoxXywh): boolean {
  return (
    left > -0.5 && top > -0.5 && left + width <= 1.5 && top + height <= 1.5 && width < 1.01 && height < 1.01
  );
}

/** Whether the ground truth is in pixels: most of its boxes reach farther than one. */
function hasPixels({ truths }: GroundTruth): boolean {
  const places = sample(truths.count);
  return places.filter((place) => !isNormalised(boxAt(truths.boxes, place))).length > places.length / 2;
}

function truthsByImage({ truths }: GroundTruth): Map<number, number[]> {
  const byImage = new Map<number, number[]>();
  for (let place = 0; place < truths.count; place++) {
    const image = truths.imageIds[place] as number;
    const list = byImage.get(image);
    if (list) list.push(place);
    else byImage.set(image, [place]);
  }
  return byImage;
}
