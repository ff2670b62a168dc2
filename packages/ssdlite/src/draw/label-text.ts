// What a label says, from long to short.

import type { Drawable } from './drawable.ts';

/**
 * A score in whole percent. 100 % is kept for certainty: 0.996 is 99 %.
 *
 * @example
 * formatScore(0.934); // '93%'
 */
export function formatScore(score: number): string {
  const percent = Math.round(score * 100);
  return `${percent >= 100 && score < 1 ? 99 : percent}%`;
}

/** The wordings of a label, best first: the next one is taken where the one before is too long. A track's id is what it gives up last. */
export function labelTexts({ label, score, id }: Pick<Drawable, 'label' | 'score' | 'id'>): string[] {
  const texts = [`${label} ${formatScore(score)}`, label];
  return id === undefined ? texts : [...texts.map((text) => `#${id} ${text}`), `#${id}`];
}

/**
 * The first of the texts that is no wider than `maxWidth`; if none is, the last one cut to fit, with an ellipsis.
 * Empty if not even one letter fits.
 */
export function fitText(
  texts: readonly string[],
  { maxWidth, measure }: { maxWidth: number; measure: (text: string) => number },
): string {
  const fitting = texts.find((text) => measure(text) <= maxWidth);
  if (fitting !== undefined) return fitting;
  const letters = [...(texts.at(-1) ?? '')];
  while (letters.length > 0) {
    letters.pop();
    const cut = `${letters.join('').trimEnd()}…`;
    if (letters.length > 0 && measure(cut) <= maxWidth) return cut;
  }
  return '';
}
