import { describe, expect, test } from 'vitest';
import { cocoSizeWeights } from './fusion/size-weight.ts';
import { resolveQuality } from './resolve-quality.ts';
import { type Quality, qualityLevels } from './views.ts';

const trained = { trained: { height: 300, width: 300 } };

test('fast has no views: it is one pass by the rule of the weights', () => {
  expect(resolveQuality('fast', trained)).toBeUndefined();
});

test('A level at 300 has the sizes of the table', () => {
  const sizes = resolveQuality('max', trained)?.views.map((view) => view.size);
  expect(sizes).toEqual([300, 300, 428, 620, 844].map((side) => ({ height: side, width: side })));
});

test('For weights trained at 320 a level is as much larger, and padded alike', () => {
  const sizes = resolveQuality('balanced', { trained: { height: 320, width: 320 } })?.views.map(
    (view) => view.size,
  );
  // 492 * 320 / 300 = 525, to the nearest 320 + 32 n.
  expect(sizes).toEqual([
    { height: 320, width: 320 },
    { height: 512, width: 512 },
  ]);
});

test('Sizes are 12 over a multiple of 32, so that padding falls as at 300', () => {
  for (const view of Object.values(qualityLevels).flat()) expect(view.size % 32).toBe(12);
});

test('Views of one’s own are fused by size, unless another way is named', () => {
  const views = [{ size: 300 }];
  expect(resolveQuality({ views }, trained)).toEqual({
    views,
    sizeWeights: cocoSizeWeights,
    fusion: 'size-weighted',
  });
  expect(resolveQuality({ views, fusion: 'nms' }, trained)).toMatchObject({ views, fusion: 'nms' });
});

describe('refused by name and value is', () => {
  test.each<[string, unknown, string]>([
    ['an unknown level', 'best', '"best"'],
    ['a name of all objects', 'toString', '"toString"'],
    ['no view', { views: [] }, 'quality.views is empty'],
    ['nothing', null, 'quality.views is empty'],
    ['an unknown fusion', { views: [{ size: 300 }], fusion: 'mean' }, 'quality.fusion is "mean"'],
    ['an unknown name', { views: [{ size: 300, flipped: true }] }, 'There is no quality.views[0].flipped'],
    ['a size under 96', { views: [{ size: 300 }, { size: 64 }] }, 'quality.views[1].size is 64'],
    ['a side under 96', { views: [{ size: { width: 300, height: 95 } }] }, '"height":95'],
    [
      'a size that needs too much memory',
      { views: [{ size: 3000 }] },
      'some 4.5 GB of memory, and the bound is 2.1 GB',
    ],
    ['half a pixel', { views: [{ size: 300.5 }] }, '300.5'],
    ['a size of tiles under 96', { views: [{ tiles: [2, 2], overlap: 0.2, size: 10 }] }, 'size is 10'],
    ['an overlap of 1', { views: [{ tiles: [2, 2], overlap: 1 }] }, 'overlap is 1'],
    ['no overlap given', { views: [{ tiles: [2, 2] }] }, 'overlap is undefined'],
    ['no tile', { views: [{ tiles: [0, 2], overlap: 0.2 }] }, '[0,2]'],
    ['a million tiles', { views: [{ tiles: [1000, 1000], overlap: 0 }] }, '4096'],
    ['a flip that is none', { views: [{ size: 300, flip: 'yes' }] }, 'flip is yes'],
    ['no size weight', { views: [{ size: 300 }], sizeWeights: [] }, 'quality.sizeWeights is []'],
    [
      'sizes that fall',
      {
        views: [{ size: 300 }],
        sizeWeights: [
          [96, 1],
          [48, 1],
        ],
      },
      '[[96,1],[48,1]]',
    ],
    ['a weight of 0', { views: [{ size: 300 }], sizeWeights: [[96, 0]] }, '[[96,0]]'],
    ['a weight without a size', { views: [{ size: 300 }], sizeWeights: [1] }, '[1]'],
    ['a view that is none', { views: [5] }, 'quality.views[0] is 5'],
  ])('%s', (_, quality, message) => {
    expect(() => resolveQuality(quality as Quality, trained)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});

test("A level of the weights' own goes by its name, and is named where one is not known", () => {
  const own = { name: 'harbour', views: [{ size: 428 }], sizeWeights: [[96, 1]] } as const;
  const { name: _, ...recipe } = own;
  expect(resolveQuality('harbour', { ...trained, levels: [own] })).toEqual({
    ...recipe,
    fusion: 'size-weighted',
  });
  expect(() => resolveQuality('harbor', { ...trained, levels: [own] })).toThrow(
    "Did you mean 'harbour'? Pass one of fast, balanced, high, max, harbour, or { views }.",
  );
});
