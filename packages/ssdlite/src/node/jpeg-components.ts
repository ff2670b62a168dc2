// How many colour components a JPEG has, from its frame header (ITU-T T.81, annex B.2.2): 4 are CMYK.

/** 1, 3 or 4 components; undefined for what is not a JPEG, or is one without a frame header. */
export function jpegComponents(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    if (isFrameHeader(marker)) return bytes[at + 9];
    const hasNoLength = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);
    at += hasNoLength ? 2 : 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (marker === 0xda) return undefined; // the scan begins
  }
  return undefined;
}

/** SOF0 to SOF15, without DHT (C4), JPG (C8) and DAC (CC), which lie between them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
