import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitText, formatScore, labelTexts } from './label-text.ts';

/** Every letter is one wide. */
const fit = (texts: string[], maxWidth: number) =>
  fitText(texts, { maxWidth, measure: (text) => [...text].length });

test('scores are whole percent, and only certainty is 100 %', () => {
  expect([0, 0.004, 0.5, 0.934, 0.996, 0.9999, 1].map(formatScore)).toEqual([
    '0%',
    '0%',
    '50%',
    '93%',
    '99%',
    '99%',
    '100%',
  ]);
});

test('a label gives up its score before its name', () => {
  const texts = labelTexts({ label: 'person', score: 0.93 });
  expect(fit(texts, 10)).toBe('person 93%');
  expect(fit(texts, 9)).toBe('person');
  expect(fit(texts, 6)).toBe('person');
  expect(fit(texts, 5)).toBe('pers…');
  expect(fit(texts, 2)).toBe('p…');
  expect(fit(texts, 1)).toBe('');
});

test('a track gives up its score, then its name, and never its id', () => {
  const texts = labelTexts({ label: 'person', score: 0.93, id: 7 });
  expect(fit(texts, 13)).toBe('#7 person 93%');
  expect(fit(texts, 12)).toBe('#7 person');
  expect(fit(texts, 8)).toBe('#7');
});

test('no space is left before the ellipsis, and no character is cut in two', () => {
  expect(fit(['hot dog'], 5)).toBe('hot…');
  expect(fit(['🐕🐈🐎'], 2)).toBe('🐕…');
});

test('what comes out is never too wide', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(20), (texts, maxWidth) => {
      expect([...fit(texts, maxWidth)].length).toBeLessThanOrEqual(maxWidth);
    }),
  );
});
