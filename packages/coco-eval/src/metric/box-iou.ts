// Overlap of boxes (maskApi.c, bbIou).

/** Left, top, width, height. */
export type BoxXywh = readonly [x: number, y: number, width: number, height: number];

/** Intersection over union; over the detection's area alone if the ground truth is a crowd. Boxes that only touch give 0. */
export function boxIou(detection: BoxXywh, truth: BoxXywh, crowd: boolean): number {
  const [dx, dy, dw, dh] = detection;
  const [gx, gy, gw, gh] = truth;
  const width = Math.min(dw + dx, gw + gx) - Math.max(dx, gx);
  if (width <= 0) return 0;
  const height = Math.min(dh + dy, gh + gy) - Math.max(dy, gy);
  if (height <= 0) return 0;
  const intersection = width * height;
  const area = dw * dh;
  return intersection / (crowd ? area : area + gw * gh - intersection);
}
