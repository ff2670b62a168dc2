// What the network puts out to detections: threshold, decode, suppress, map to the picture.

import type { BoxCoder } from '../boxes/box-coder.ts';
import { type HeadOutputs, selectCandidates } from '../boxes/candidates.ts';
import { nms } from '../boxes/nms.ts';
import { softNms } from '../boxes/soft-nms.ts';
import type { BoxXywh, Detection } from '../detection.ts';
import type { SizedAnchors } from '../network/sized-anchors.ts';
import type { BoxFormat, BoxFormats, ResolvedOptions } from './detect-options.ts';
import { type Placement, type Size, toImageBox } from './placement.ts';

export interface PostprocessOptions<Format extends BoxFormat> {
  readonly anchors: SizedAnchors;
  readonly coder: BoxCoder;
  /** Name by logit column. */
  readonly labelOf: ReadonlyMap<number, string>;
  /** Of the picture. */
  readonly image: Size;
  readonly options: ResolvedOptions<Format>;
}

/** The detections of one picture by one pass, best first. */
export function postprocess<Format extends BoxFormat>(
  { outputs, placement }: { readonly outputs: HeadOutputs; readonly placement: Placement },
  { anchors, coder, labelOf, image, options }: PostprocessOptions<Format>,
): Detection<BoxFormats[Format]>[] {
  const candidates = selectCandidates(outputs, {
    anchors: anchors.of(placement.input),
    coder,
    thresholds: options.thresholds,
  });
  const kept =
    options.nms === 'per-class' || options.nms === 'class-agnostic'
      ? nms(candidates, { ...options, classAgnostic: options.nms === 'class-agnostic' })
      : softNms(candidates, {
          ...options,
          sigma: options.softNmsSigma,
          decay: options.nms === 'soft-gaussian' ? 'gaussian' : 'linear',
        });
  const detections: Detection<BoxFormats[Format]>[] = [];
  for (const [rank, index] of kept.indices.entries()) {
    const box = toImageBox(candidates.boxes, index, placement);
    const classId = candidates.columns[index] as number;
    // A box wholly outside of the picture is nothing to show.
    if (!box) continue;
    detections.push({
      label: labelOf.get(classId) ?? String(classId),
      classId,
      score: kept.scores[rank] as number,
      box: inFormat(box, options.boxFormat, image),
    });
  }
  return detections;
}

/** A box as the caller wants it. */
export function inFormat<Format extends BoxFormat>(
  box: BoxXywh,
  format: Format,
  image: Size,
): BoxFormats[Format] {
  const { x, y, width, height } = box;
  const formats: { readonly [Name in BoxFormat]: () => BoxFormats[Name] } = {
    xywh: () => box,
    xyxy: () => ({ x1: x, y1: y, x2: x + width, y2: y + height }),
    normalised: () => ({
      x: x / image.width,
      y: y / image.height,
      width: width / image.width,
      height: height / image.height,
    }),
  };
  return formats[format]();
}
