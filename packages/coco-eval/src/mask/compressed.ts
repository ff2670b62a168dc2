// COCO's compressed run lengths: text of 6-bit characters from 48, five bits each, low first, differences to the last but one.

import { CocoEvalError } from '../error.ts';

/** Run lengths to text (maskApi.c, rleToString). */
export function compress(counts: ArrayLike<number>): string {
  let text = '';
  for (let i = 0; i < counts.length; i++) {
    // From the fourth run on, the difference to the run of the same kind before it.
    let rest = (counts[i] as number) - (i > 2 ? (counts[i - 2] as number) : 0);
    for (let more = true; more; ) {
      let bits = rest & 0x1f;
      rest >>= 5;
      more = bits & 0x10 ? rest !== -1 : rest !== 0;
      if (more) bits |= 0x20;
      text += String.fromCharCode(bits + 48);
    }
  }
  return text;
}

/**
 * Text to run lengths (maskApi.c, rleFrString).
 *
 * @throws CocoEvalError `INVALID_MASK` for other characters, a text that ends inside a number, or a run out of range
 */
export function decompress(text: string): Uint32Array {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let shift = 0;
    for (let more = true; more; shift += 5) {
      const bits = text.charCodeAt(at) - 48;
      if (!(bits >= 0 && bits < 64) || shift > 30) throw invalid(text, at);
      value += (bits & 0x1f) * 2 ** shift;
      more = (bits & 0x20) !== 0;
      // The highest bit of the last five is the sign.
      if (!more && bits & 0x10) value -= 2 ** (shift + 5);
      at++;
    }
    if (counts.length > 2) value += counts[counts.length - 2] as number;
    if (!(value >= 0 && value < 2 ** 32)) throw invalid(text, at - 1);
    counts.push(value);
  }
  return Uint32Array.from(counts);
}

function invalid(text: string, at: number): CocoEvalError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new CocoEvalError(
    'INVALID_MASK',
    `The compressed counts ${JSON.stringify(shown)} are damaged at character ${at}.`,
    { value: text, next: 'Write them again; they are text of the characters from "0" to "o".' },
  );
}
