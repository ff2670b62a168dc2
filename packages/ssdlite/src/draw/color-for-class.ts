// A colour for every class id: always the same one, and easy to tell from those of other ids.

import { classPalette } from './class-palette.ts';
import { contrast } from './contrast.ts';

/** The colours of one class. */
export interface ClassColor {
  /** Of the box and of the label's background, `#rrggbb`. */
  readonly box: string;
  /** Black or white, whichever reads better on `box`: the better of the two never has a contrast below 4.5. */
  readonly text: string;
}

/**
 * The colours of a class, by its id alone. Ids that are a multiple of 96 apart share them.
 *
 * @example
 * colorForClass(1); // { box: '#37d0ff', text: '#000000' }
 */
export function colorForClass(classId: number): ClassColor {
  const count = classPalette.length;
  const box = classPalette[(((classId - 1) % count) + count) % count] ?? '#37d0ff';
  const text = contrast(box, '#000000') >= contrast(box, '#ffffff') ? '#000000' : '#ffffff';
  return { box, text };
}
