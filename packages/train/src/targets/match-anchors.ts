// Which anchor answers for which box (TF-OD matchers/argmax_matcher.py on IoU, with force_match_for_each_row).

/** From this IoU on an anchor is matched. */
const matchedIou = 0.5;

const { fround } = Math;

/**
 * Matches anchors to boxes: each to the box with which it overlaps most, if the IoU is at least 0.5; and each box to its best anchor,
 * whatever the IoU, even if that anchor overlaps another box more. Where boxes share a best anchor, the lowest row has it.
 *
 * IoU in float32, operation by operation as TF does it: a small box inside of several equal anchors is a tie in real numbers, and
 * rounding decides it.
 *
 * @param options.boxes `[n, 4]`, corners (ymin, xmin, ymax, xmax) in the anchors' units
 * @param options.anchors `[anchors, 4]`, corners
 * @param options.isForced whether the box of a row gets its best anchor. Default: all
 * @returns `[anchors]`, the row of the box; -1 for background
 */
export function matchAnchors(options: {
  readonly boxes: Float32Array;
  readonly anchors: Float32Array;
  readonly isForced?: (row: number) => boolean;
}): Int32Array {
  const { boxes, anchors, isForced = () => true } = options;
  const rows = boxes.length / 4;
  const count = anchors.length / 4;
  const matches = new Int32Array(count).fill(-1);
  const bestOverlap = new Float32Array(count);
  const anchorAreas = areas(anchors);
  const boxAreas = areas(boxes);
  const bestAnchor = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const top = boxes[row * 4] as number;
    const left = boxes[row * 4 + 1] as number;
    const bottom = boxes[row * 4 + 2] as number;
    const right = boxes[row * 4 + 3] as number;
    const area = boxAreas[row] as number;
    let best = 0;
    for (let anchor = 0, at = 0; anchor < count; anchor++, at += 4) {
      const height = fround(
        Math.min(bottom, anchors[at + 2] as number) - Math.max(top, anchors[at] as number),
      );
      const width = fround(
        Math.min(right, anchors[at + 3] as number) - Math.max(left, anchors[at + 1] as number),
      );
      if (!(height > 0 && width > 0)) continue;
      const intersection = fround(height * width);
      if (intersection === 0) continue;
      const union = fround(fround(area + (anchorAreas[anchor] as number)) - intersection);
      const overlap = fround(intersection / union);
      if (overlap > best) {
        best = overlap;
        bestAnchor[row] = anchor;
      }
      if (overlap > (bestOverlap[anchor] as number)) {
        bestOverlap[anchor] = overlap;
        matches[anchor] = row;
      }
    }
  }
  for (let anchor = 0; anchor < count; anchor++) {
    if ((bestOverlap[anchor] as number) < matchedIou) matches[anchor] = -1;
  }
  // From the last row to the first, so that the lowest of several keeps the anchor.
  for (let row = rows - 1; row >= 0; row--) if (isForced(row)) matches[bestAnchor[row] as number] = row;
  return matches;
}

function areas(boxes: Float32Array): Float32Array {
  return Float32Array.from({ length: boxes.length / 4 }, (_, box) => {
    const at = box * 4;
    const height = fround((boxes[at + 2] as number) - (boxes[at] as number));
    return height * fround((boxes[at + 3] as number) - (boxes[at + 1] as number));
  });
}
