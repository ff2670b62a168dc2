import { expect, test } from 'vitest';
import { glyph, glyphWidth } from './pixel-font.ts';

const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%.,-_…/:()#&'+=!?";

test('every glyph is 5 x 9 dots, has ink, and is its own', () => {
  const seen = new Map<string, string>();
  for (const character of characters) {
    const rows = glyph(character);
    expect(rows.length, character).toBe(9);
    for (const row of rows) expect(row, character).toMatch(new RegExp(`^[#.]{${glyphWidth}}$`));
    const picture = rows.join('\n');
    expect(picture, character).toContain('#');
    expect(seen.get(picture), character).toBeUndefined();
    seen.set(picture, character);
  }
});

test('a letter looks like itself', () => {
  expect(glyph('A').slice(0, 7)).toEqual(['.###.', '#...#', '#...#', '#####', '#...#', '#...#', '#...#']);
});

test('a space is empty, and what is not in the font is a question mark', () => {
  expect(glyph(' ')).toEqual([]);
  expect(glyph('ü')).toEqual(glyph('?'));
});
