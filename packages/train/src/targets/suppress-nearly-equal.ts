// Greedy suppression at a high IoU: equal to non-maximum suppression, without comparing each box with each.

const { fround } = Math;

/**
 * Keeps boxes in the order given, each unless its IoU with one that is kept already is over the threshold (float32, as TensorFlow's
 * NonMaxSuppression; at most `most`).
 *
 * Areas of boxes with IoU > t are within a factor t of each other, so a box is compared only with its neighbours by area.
 *
 * @param boxes `[n, 4]`, corners (ymin, xmin, ymax, xmax)
 */
export function suppressNearlyEqual(
  boxes: Float32Array,
  options: { readonly order: Int32Array; readonly iouThreshold: number; readonly most: number },
): Int32Array {
  const { order, iouThreshold, most } = options;
  const threshold = fround(iouThreshold);
  const areas = Float32Array.from({ length: boxes.length / 4 }, (_, box) => {
    const at = box * 4;
    const height = fround(Math.abs((boxes[at + 2] as number) - (boxes[at] as number)));
    return height * fround(Math.abs((boxes[at + 3] as number) - (boxes[at + 1] as number)));
  });
  const byArea = Int32Array.from(areas, (_, box) => box).sort(
    (a, b) => (areas[a] as number) - (areas[b] as number),
  );
  const place = new Int32Array(byArea.length);
  for (const [at, box] of byArea.entries()) place[box] = at;
  const isKept = new Uint8Array(byArea.length);
  // Room for rounding in the comparison of areas.
  const ratio = iouThreshold - 1e-3;

  const isSuppressed = (box: number): boolean => {
    const area = areas[box] as number;
    for (const direction of [-1, 1]) {
      for (let at = (place[box] as number) + direction; at >= 0 && at < byArea.length; at += direction) {
        const other = byArea[at] as number;
        const otherArea = areas[other] as number;
        if (Math.min(area, otherArea) < ratio * Math.max(area, otherArea)) break;
        if (isKept[other] === 1 && overlap(box, other) > threshold) return true;
      }
    }
    return false;
  };

  const overlap = (a: number, b: number): number => {
    const [i, j] = [a * 4, b * 4];
    const height = fround(
      Math.min(boxes[i + 2] as number, boxes[j + 2] as number) -
        Math.max(boxes[i] as number, boxes[j] as number),
    );
    if (!(height > 0)) return 0;
    const width = fround(
      Math.min(boxes[i + 3] as number, boxes[j + 3] as number) -
        Math.max(boxes[i + 1] as number, boxes[j + 1] as number),
    );
    if (!(width > 0)) return 0;
    const intersection = fround(height * width);
    return fround(intersection / fround(fround((areas[a] as number) + (areas[b] as number)) - intersection));
  };

  const kept: number[] = [];
  for (const box of order) {
    if (kept.length >= most) break;
    if (isSuppressed(box)) continue;
    isKept[box] = 1;
    kept.push(box);
  }
  return Int32Array.from(kept);
}
