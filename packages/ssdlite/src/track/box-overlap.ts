// Intersection over union of two boxes as users have them.

import type { BoxXywh } from '../detection.ts';

/** 0 to 1; 0 where they do not overlap. */
export function boxOverlap(a: BoxXywh, b: BoxXywh): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (!(width > 0 && height > 0)) return 0;
  const intersection = width * height;
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}
