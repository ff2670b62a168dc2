import { describe, expect, test } from 'vitest';
import { classList, count, fraction, positive, region, size, tileSize } from './option-values.ts';

describe('a value of an option', () => {
  test.each<[string, (text: string) => unknown, string, unknown]>([
    ['a fraction', fraction, '0', 0],
    ['a fraction', fraction, '1e-8', 1e-8],
    ['a number over 0', positive, '0.35', 0.35],
    ['a count', count, '100', 100],
    ['a size of tiles', tileSize, ' auto', 'auto'],
    ['a size of tiles', tileSize, '640', 640],
    ['a region', region, '1, 2,3.5,4', { x: 1, y: 2, width: 3.5, height: 4 }],
    ['a square size', size, '320', { width: 320, height: 320 }],
    ['a size', size, '320x240', { width: 320, height: 240 }],
    ['classes', classList, 'person, traffic light,18,', ['person', 'traffic light', 18]],
  ])('%s is read', (_, parse, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  test.each<[string, (text: string) => unknown, string]>([
    ['fraction', fraction, 'NaN'],
    ['fraction', fraction, ''],
    ['fraction', fraction, '1.01'],
    ['fraction', fraction, '50%'],
    ['number over 0', positive, 'Infinity'],
    ['number over 0', positive, '0'],
    ['count', count, '0'],
    ['count', count, '1.5'],
    ['count', count, '9007199254740993'],
    ['size of tiles', tileSize, 'large'],
    ['size of tiles', tileSize, '1.5'],
    ['region', region, '-1,0,10,10'],
    ['region', region, '0,0,10'],
    ['region', region, '0,0,10,10,10'],
    ['region', region, '0,0,0.5,10'],
    ['region', region, '0,,10,10'],
    ['size', size, '0'],
    ['size', size, '320x'],
    ['list of classes', classList, ' , '],
  ])('that is no %s is refused: %s%s', (_, parse, text) => {
    expect(() => parse(text)).toThrow(/^Give /);
  });

  test('of a list goes on where the option is given again', () => {
    expect(classList('cat', ['dog', 1])).toEqual(['dog', 1, 'cat']);
  });
});
