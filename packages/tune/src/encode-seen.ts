// What a view saw, as bytes: little-endian, columns one after the other.

import type { SeenView } from 'ssdlite';

/** "SEEN" and the version of this layout and of what is seen: a file of another is not read. */
const magic = 0x4e454553;
const version = 1;
/** Magic, version, boxes, regions; then the magnification. */
const headerBytes = 4 * 4 + 8;
const bytesPerBox = 8 + 4 * 4 + 4;
const bytesPerRegion = 4 * 8;

export function encodeSeen({ count, columns, scores, boxes, regions, magnification }: SeenView): Uint8Array {
  const bytes = new Uint8Array(headerBytes + count * bytesPerBox + regions.length * bytesPerRegion);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of [magic, version, count, regions.length].entries()) {
    view.setUint32(index * 4, value, true);
  }
  let at = 16;
  const float64 = (value: number): void => {
    view.setFloat64(at, value, true);
    at += 8;
  };
  float64(magnification);
  for (const { x, y, width, height } of regions) [x, y, width, height].forEach(float64);
  for (let index = 0; index < count; index++) float64(scores[index] as number);
  for (const side of boxes.subarray(0, count * 4)) {
    view.setFloat32(at, side, true);
    at += 4;
  }
  for (const column of columns.subarray(0, count)) {
    view.setInt32(at, column, true);
    at += 4;
  }
  return bytes;
}

/** Undefined for bytes that are not, or not wholly, what a view saw. */
export function decodeSeen(bytes: Uint8Array): SeenView | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [mark, layout, count = 0, regionCount = 0] = [0, 4, 8, 12].map((place) =>
    view.getUint32(place, true),
  );
  const length = headerBytes + count * bytesPerBox + regionCount * bytesPerRegion;
  if (mark !== magic || layout !== version || bytes.length !== length) return undefined;
  let at = 16;
  const float64 = (): number => {
    at += 8;
    return view.getFloat64(at - 8, true);
  };
  const magnification = float64();
  const regions = Array.from({ length: regionCount }, () => ({
    x: float64(),
    y: float64(),
    width: float64(),
    height: float64(),
  }));
  const scores = Float64Array.from({ length: count }, float64);
  const boxes = Float32Array.from({ length: count * 4 }, (_, index) => view.getFloat32(at + index * 4, true));
  at += count * 16;
  const columns = Int32Array.from({ length: count }, (_, index) => view.getInt32(at + index * 4, true));
  return { count, columns, scores, boxes, regions, magnification };
}
