// What the markers of a JPEG tell before it is decoded (ITU-T T.81, annex B).

export interface JpegMarkers {
  /** Colour components of the frame header (B.2.2): 1, 3 or, for CMYK, 4; undefined where there is none. */
  readonly components: number | undefined;
  /** Whether an end-of-image marker follows the header of the first scan. */
  readonly ended: boolean;
}

/** Undefined for what does not begin as a JPEG does. */
export function readJpegMarkers(bytes: Uint8Array): JpegMarkers | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  let components: number | undefined;
  let at = 2;
  while (at + 3 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    if (isFrameHeader(marker)) components ??= bytes[at + 9];
    const hasNoLength = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);
    at += hasNoLength ? 2 : 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (marker === 0xda) break; // the scan begins
  }
  return { components, ended: hasEnd(bytes, at) };
}

/** Sought from the back, where it is, but for what cameras append. Within a scan's data the two bytes cannot occur. */
function hasEnd(bytes: Uint8Array, start: number): boolean {
  for (let at = bytes.length - 2; at >= start; at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}

/** SOF0 to SOF15, without DHT (C4), JPG (C8) and DAC (CC), which lie between them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
