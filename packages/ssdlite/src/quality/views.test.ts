import { describe, expect, test } from 'vitest';
import { costOf, planViews } from './plan-views.ts';
import { type Quality, qualityLevels, resolveQuality } from './views.ts';

const trained = { height: 300, width: 300 };
const region = { x: 0, y: 0, width: 640, height: 480 };
const regionsOf = (views: Parameters<typeof planViews>[0]) =>
  planViews(views, { region, trained }).map(({ placement }) => placement.region);

describe('levels', () => {
  test.each([
    ['balanced', 4],
    ['high', 8.5],
    ['max', 17],
  ] as const)('%s costs at most %f times one pass', (level, most) => {
    const cost = costOf(planViews(qualityLevels[level], { region, trained }), trained);
    expect(cost).toBeGreaterThan(most / 2);
    expect(cost).toBeLessThanOrEqual(most);
  });

  test('fast has no views: it is one pass by the rule of the weights', () => {
    expect(resolveQuality('fast')).toBeUndefined();
  });
});

test.each<[string, unknown, string]>([
  ['an unknown level', 'best', '"best"'],
  ['no view', { views: [] }, 'quality.views is empty'],
  ['nothing', null, 'quality.views is empty'],
  ['a size under 96', { views: [{ size: 300 }, { size: 64 }] }, 'quality.views[1].size is 64'],
  ['a huge size', { views: [{ size: 100_000 }] }, '100000'],
  ['half a pixel', { views: [{ size: 300.5 }] }, '300.5'],
  ['an overlap of 1', { views: [{ tiles: [2, 2], overlap: 1 }] }, 'overlap is 1'],
  ['no overlap given', { views: [{ tiles: [2, 2] }] }, 'overlap is undefined'],
  ['no tile', { views: [{ tiles: [0, 2], overlap: 0.2 }] }, '[0,2]'],
  ['a million tiles', { views: [{ tiles: [1000, 1000], overlap: 0 }] }, '4096'],
  ['a view that is none', { views: [5] }, 'quality.views[0] is 5'],
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
])('%s is refused by name and value', (_, quality, message) => {
  expect(() => resolveQuality(quality as Quality)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
  );
});

test("A level of the weights' own goes by its name, and is named where one is not known", () => {
  const own = { name: 'harbour', views: [{ size: 428 }], sizeWeights: [[96, 1]] } as const;
  expect(resolveQuality('harbour', [own])).toEqual(own);
  expect(() => resolveQuality('harbor', [own])).toThrow(
    "Did you mean 'harbour'? Pass one of fast, balanced, high, max, harbour, or { views }.",
  );
});

test('A 2 x 2 tiling that shares a fifth of the picture has tiles of 60 %', () => {
  expect(regionsOf([{ tiles: [2, 2], overlap: 0.2 }])).toEqual([
    { x: 0, y: 0, width: 384, height: 288 },
    { x: 256, y: 0, width: 384, height: 288 },
    { x: 0, y: 192, width: 384, height: 288 },
    { x: 256, y: 192, width: 384, height: 288 },
  ]);
});

test('Only the borders of a tile that lie inside the picture can cut an object', () => {
  const [left, right] = planViews([{ tiles: [2, 1], overlap: 0.2 }], { region, trained });
  expect(left?.cut).toEqual({ left: false, top: false, right: true, bottom: false });
  expect(right?.cut).toEqual({ left: true, top: false, right: false, bottom: false });
});

test('A view that keeps the shape has its longer side at the size, the other at the nearest 12 over a multiple of 32', () => {
  const [pass] = planViews([{ size: 876, keepAspect: true }], { region, trained });
  // 876 * 480 / 640 = 657
  expect(pass?.placement.input).toEqual({ height: 652, width: 876 });
});

test('One tile is the whole region', () => {
  expect(regionsOf([{ tiles: [1, 1], overlap: 0.5 }])).toEqual([region]);
});
