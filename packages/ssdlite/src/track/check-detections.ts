// Refuses detections that no tracker can follow: one NaN in a filter would never leave it.

import { SsdliteError } from '@ssdlite/layers';
import type { Detection } from '../detection.ts';

/** @throws SsdliteError `INVALID_ARGUMENT` with the place of the detection */
export function checkDetections(detections: readonly Detection[]): void {
  if (!Array.isArray(detections)) {
    throw new SsdliteError('INVALID_ARGUMENT', `The detections are ${String(detections)}.`, {
      value: detections,
      next: 'Pass the array that detect() gives.',
    });
  }
  for (const [index, detection] of detections.entries()) {
    const { box, score, classId } = (detection ?? {}) as Partial<Detection>;
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      const value: unknown = box?.[side];
      const isSize = side === 'width' || side === 'height';
      if (typeof value === 'number' && Number.isFinite(value) && !(isSize && value <= 0)) continue;
      throw wrong(index, { what: `a box whose ${side} is ${String(value)}`, value: box }, boxAdvice);
    }
    if (!(typeof score === 'number' && score >= 0 && score <= 1)) {
      throw wrong(index, { what: `the score ${String(score)}`, value: score }, 'Pass scores from 0 to 1.');
    }
    if (!Number.isInteger(classId)) {
      throw wrong(index, { what: `the classId ${String(classId)}`, value: classId }, 'Pass a whole number.');
    }
  }
}

const boxAdvice =
  "Pass boxes as { x, y, width, height } with an area: boxFormat 'xywh', the default of detect().";

function wrong(
  index: number,
  { what, value }: { readonly what: string; readonly value: unknown },
  next: string,
): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `Detection ${index} has ${what}.`, { value, next });
}
