// Boxes as offsets from their anchors, and back (Faster R-CNN's coder; TF-OD box_coders/faster_rcnn_box_coder.py).

/** What TF-OD divides by: offsets of the centre are scaled by 10, of the size by 5. */
export interface BoxCoder {
  readonly centreScale: number;
  readonly sizeScale: number;
}

/** The coder of all of the TF Object Detection API's SSD models. */
export const tfOdBoxCoder: BoxCoder = { centreScale: 10, sizeScale: 5 };

/** Keeps the logarithm finite for a box without area, on encode only. */
const epsilon = 1e-8;

/**
 * Decodes one box: (ty, tx, th, tw) and its anchor give corners. Neither clipped nor clamped.
 *
 * @param codes `[anchors, 4]`
 * @param anchors `[anchors, 4]`, corners (ymin, xmin, ymax, xmax)
 * @param at number of the anchor
 * @param out receives ymin, xmin, ymax, xmax in the anchors' units, from `outAt` on
 */
export function decodeBox(
  codes: Float32Array,
  {
    anchors,
    at,
    coder,
    out,
    outAt,
  }: {
    readonly anchors: Float32Array;
    readonly at: number;
    readonly coder: BoxCoder;
    readonly out: Float32Array;
    readonly outAt: number;
  },
): void {
  const i = at * 4;
  const ymin = anchors[i] as number;
  const xmin = anchors[i + 1] as number;
  const anchorHeight = (anchors[i + 2] as number) - ymin;
  const anchorWidth = (anchors[i + 3] as number) - xmin;
  const y = ((codes[i] as number) / coder.centreScale) * anchorHeight + ymin + anchorHeight / 2;
  const x = ((codes[i + 1] as number) / coder.centreScale) * anchorWidth + xmin + anchorWidth / 2;
  const halfHeight = (Math.exp((codes[i + 2] as number) / coder.sizeScale) * anchorHeight) / 2;
  const halfWidth = (Math.exp((codes[i + 3] as number) / coder.sizeScale) * anchorWidth) / 2;
  out[outAt] = y - halfHeight;
  out[outAt + 1] = x - halfWidth;
  out[outAt + 2] = y + halfHeight;
  out[outAt + 3] = x + halfWidth;
}

/**
 * Decodes all boxes: codes `[anchors, 4]` to corners (ymin, xmin, ymax, xmax) `[anchors, 4]` in the anchors' units.
 *
 * @example
 * decodeBoxes(Float32Array.of(0, 0, 0, 0), Float32Array.of(0.1, 0.2, 0.5, 0.4)); // the anchor itself
 */
export function decodeBoxes(codes: Float32Array, anchors: Float32Array, coder = tfOdBoxCoder): Float32Array {
  const out = new Float32Array(codes.length);
  for (let at = 0; at < codes.length / 4; at++) decodeBox(codes, { anchors, at, coder, out, outAt: at * 4 });
  return out;
}

/**
 * Encodes boxes against their anchors, the inverse of `decodeBoxes`.
 *
 * @param boxes corners (ymin, xmin, ymax, xmax) `[anchors, 4]`, one per anchor
 * @returns `[anchors, 4]`: ty, tx, th, tw
 */
export function encodeBoxes(boxes: Float32Array, anchors: Float32Array, coder = tfOdBoxCoder): Float32Array {
  const codes = new Float32Array(boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    for (const axis of [0, 1]) {
      const low = boxes[i + axis] as number;
      const size = (boxes[i + axis + 2] as number) - low;
      const anchorLow = anchors[i + axis] as number;
      const anchorSize = (anchors[i + axis + 2] as number) - anchorLow;
      const shift = low + size / 2 - (anchorLow + anchorSize / 2);
      codes[i + axis] = (coder.centreScale * shift) / (anchorSize + epsilon);
      codes[i + axis + 2] = coder.sizeScale * Math.log((size + epsilon) / (anchorSize + epsilon));
    }
  }
  return codes;
}
