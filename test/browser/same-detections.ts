// Whether two lists of detections are the same, as far as two decoders and two engines let them be.

import { type Detection, iou } from 'ssdlite';
import { expect } from 'vitest';

/** Same classes, each box at an IoU of 0.98 at least, each score within 0.01. */
export function expectSame(actual: readonly Detection[], expected: readonly Detection[]): void {
  const words = (list: readonly Detection[]) => list.map(({ label }) => label).sort();
  expect(words(actual)).toEqual(words(expected));
  for (const { label, score, box } of expected) {
    const best = actual
      .filter((other) => other.label === label && Math.abs(other.score - score) <= 0.01)
      .map((other) => iou(Float32Array.of(...corners(other.box), ...corners(box)), 0, 1));
    expect(Math.max(0, ...best)).toBeGreaterThanOrEqual(0.98);
  }
}

function corners({ x, y, width, height }: Detection['box']): number[] {
  return [y, x, y + height, x + width];
}
