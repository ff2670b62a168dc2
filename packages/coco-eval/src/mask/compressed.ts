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
  const counts = new Uint32Array(lastCharacters(text));
  let count = 0;
  for (let at = 0; at < text.length; ) {
    let bits = text.charCodeAt(at++) - 48;
    let value = bits & 0x1f;
    // The highest of the last five bits is the sign.
    if (bits >= 0 && bits < 0x20) value -= (bits & 0x10) << 1;
    else {
      for (let shift = 5; bits & 0x20; shift += 5) {
        if (!(bits >= 0 && bits < 64) || shift > 30) throw invalid(text, at - 1);
        bits = text.charCodeAt(at++) - 48;
        value += (bits & 0x1f) * 2 ** shift;
        if (!(bits & 0x20) && bits & 0x10) value -= 2 ** (shift + 5);
      }
      if (!(bits >= 0 && bits < 64)) throw invalid(text, at - 1);
    }
    if (count > 2) value += counts[count - 2] as number;
    if (!(value >= 0 && value < 2 ** 32)) throw invalid(text, at - 1);
    counts[count++] = value;
  }
  return counts;
}

/** Characters that end a number: as many as there are numbers. */
function lastCharacters(text: string): number {
  let ends = 0;
  for (let at = 0; at < text.length; at++) if (!((text.charCodeAt(at) - 48) & 0x20)) ends++;
  return ends;
}

function invalid(text: string, at: number): CocoEvalError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new CocoEvalError(
    'INVALID_MASK',
    `The compressed counts ${JSON.stringify(shown)} are damaged at character ${at}.`,
    { value: text, next: 'Write them again; they are text of the characters from "0" to "o".' },
  );
}
