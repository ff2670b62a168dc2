import { readFileSync } from 'node:fs';
import { cocoWeights } from '@ssdlite/coco-weights';
import { describe, expect, test } from 'vitest';
import { addLevel } from './add-level.ts';
import type { Level } from './levels.ts';
import { parseManifest } from './manifest.ts';

const json: Record<string, unknown> = JSON.parse(readFileSync(new URL(cocoWeights.manifest), 'utf8'));

const level: Level = {
  name: 'harbour',
  views: [
    { size: 300 },
    { size: { height: 428, width: 620 }, flip: true },
    { size: 876, keepAspect: true },
    { tiles: [2, 2], overlap: 0.2, flip: true },
  ],
  sizeWeights: [
    [24, 0.2],
    [96, 1],
  ],
  cost: 12.5,
  metrics: [{ name: 'AP', value: 0.4, dataSet: '50 pictures of boats', method: 'held out' }],
};

test('A level that is added is read back as it was, and replaces one of its name', () => {
  const manifest = addLevel(parseManifest(json), level);
  expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  expect(manifest.levels).toEqual([level]);
  const again = addLevel(addLevel(manifest, { ...level, name: 'other' }), { ...level, cost: 3 });
  expect(again.levels?.map(({ name, cost }) => [name, cost])).toEqual([
    ['other', 12.5],
    ['harbour', 3],
  ]);
});

test('A manifest without levels has none', () => {
  expect(parseManifest(json).levels).toBeUndefined();
});

test.each(['fast', 'high', '', 'two words', '../up', '7'])('A level cannot be called %j', (name) => {
  expect(() => addLevel(parseManifest(json), { ...level, name })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

describe('a manifest is refused with the path of what is wrong', () => {
  test.each<[string, object, string]>([
    ['the name of a level that all have', { name: 'max' }, '\'levels[0].name\' is "max"'],
    ['no view', { views: [] }, "'levels[0].views' is []"],
    ['a view too small', { views: [{ size: 8 }] }, 'quality.views[0].size is 8'],
    ['half a pixel', { views: [{ size: 300.5 }] }, "'levels[0].views[0].size' is 300.5"],
    ['an unknown property', { views: [{ size: 300, scale: 2 }] }, "'levels[0].views[0].scale' is 2"],
    ['a tile too many', { views: [{ tiles: [2, 2, 2], overlap: 0.2 }] }, "'levels[0].views[0].tiles'"],
    ['an overlap of 1', { views: [{ tiles: [2, 2], overlap: 1 }] }, 'overlap is 1'],
    [
      'a flip that is a text',
      { views: [{ size: 300, flip: 'yes' }] },
      '\'levels[0].views[0].flip\' is "yes"',
    ],
    [
      'sizes that fall',
      {
        sizeWeights: [
          [96, 1],
          [48, 1],
        ],
      },
      "'levels[0].sizeWeights' is [[96,1],[48,1]]",
    ],
    ['a weight without a size', { sizeWeights: [[96]] }, "'levels[0].sizeWeights[0]' is [96]"],
    ['no cost', { cost: 0 }, "'levels[0].cost' is 0"],
    ['no metrics', { metrics: undefined }, "'levels[0].metrics' is missing"],
  ])('%s', (_, wrong, message) => {
    const damaged = { ...json, levels: [JSON.parse(JSON.stringify({ ...level, ...wrong }))] };
    expect(() => parseManifest(damaged)).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_DAMAGED', message: expect.stringContaining(message) }),
    );
  });

  test('two levels of one name', () => {
    expect(() => parseManifest({ ...json, levels: [level, level] })).toThrow("'levels[1].name'");
  });
});
