// Intersection over union of boxes given by their corners.

/**
 * Intersection over union of two boxes of a list; 0 where they do not overlap or one has no area.
 *
 * @param boxes `[n, 4]`, corners (ymin, xmin, ymax, xmax) in any unit
 */
export function iou(boxes: Float32Array, a: number, b: number): number {
  const i = a * 4;
  const j = b * 4;
  const aTop = boxes[i] as number;
  const aLeft = boxes[i + 1] as number;
  const aBottom = boxes[i + 2] as number;
  const aRight = boxes[i + 3] as number;
  const bTop = boxes[j] as number;
  const bLeft = boxes[j + 1] as number;
  const bBottom = boxes[j + 2] as number;
  const bRight = boxes[j + 3] as number;
  const height = Math.min(aBottom, bBottom) - Math.max(aTop, bTop);
  const width = Math.min(aRight, bRight) - Math.max(aLeft, bLeft);
  if (!(height > 0 && width > 0)) return 0;
  const intersection = height * width;
  const union = (aBottom - aTop) * (aRight - aLeft) + (bBottom - bTop) * (bRight - bLeft) - intersection;
  return intersection / union;
}
