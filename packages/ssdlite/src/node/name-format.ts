// What bytes that do not decode look like, for the error to say so.

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);

/** `a web page`, `a HEIC picture`, …; undefined if nothing is known. */
export function nameFormat(bytes: Uint8Array): string | undefined {
  const start = ascii(bytes, 0, 512);
  if (/^\uFEFF?\s*(<!doctype html|<html|<head|<body)/i.test(start)) return 'a web page';
  if (/^ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)/.test(start.slice(4, 12))) return 'a HEIC picture';
  if (/^ftyp/.test(start.slice(4, 12)) && !start.startsWith('avi', 8)) return 'a video';
  if (start.startsWith('BM')) return 'a BMP picture';
  if (start.startsWith('%PDF-')) return 'a PDF';
  if (start.startsWith('8BPS')) return 'a Photoshop file';
  if (/^P[1-7]\s/.test(start)) return 'a PNM picture';
  if (start.startsWith('\0\0\u0001\0')) return 'an icon';
  if (start.includes('<svg')) return undefined; // an SVG that is damaged
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells text from binary data.
  if (!/[\0-\x08\x0e-\x1f]/.test(start)) return 'text';
  return undefined;
}
