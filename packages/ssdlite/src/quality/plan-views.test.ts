import { describe, expect, test } from 'vitest';
import { ssdliteMobileNetV2 } from '../network/ssd-config.ts';
import { costOf, planView } from './plan-views.ts';
import { qualityLevels, type View } from './views.ts';

const trained = { height: 300, width: 300 };
const region = { x: 0, y: 0, width: 640, height: 480 };
const plan = (view: View, picture = region) => planView(view, { region: picture, trained });
const regionsOf = (view: View) => plan(view).map(({ placement }) => placement.region);
const inputOf = (view: View, picture = region) => plan(view, picture)[0]?.placement.input;

describe('multiply-adds, against one pass', () => {
  const shapes = [
    { x: 0, y: 0, width: 640, height: 480 },
    { x: 0, y: 0, width: 500, height: 500 },
    { x: 0, y: 0, width: 427, height: 640 },
    { x: 0, y: 0, width: 5000, height: 7 },
  ];
  test.each([
    ['balanced', 4],
    ['high', 8.5],
    ['max', 17],
  ] as const)('of %s are at most %f, whatever the shape of the picture', (level, most) => {
    for (const shape of shapes) {
      const cost = costOf(
        qualityLevels[level].flatMap((view) => plan(view, shape)),
        ssdliteMobileNetV2,
      );
      expect(cost).toBeGreaterThan(most / 2);
      expect(cost).toBeLessThanOrEqual(most);
    }
  });
});

describe('a view that keeps the shape', () => {
  test.each([
    [
      { width: 640, height: 480 },
      { width: 1004, height: 748 },
    ],
    [
      { width: 480, height: 640 },
      { width: 748, height: 1004 },
    ],
    [
      { width: 500, height: 500 },
      { width: 876, height: 876 },
    ],
  ])('of %o has an input of %o: no more pixels than 876 x 876', (picture, input) => {
    expect(inputOf({ size: 876, keepAspect: true }, { x: 0, y: 0, ...picture })).toEqual(input);
  });

  test('of a line stays 96 pixels high or more', () => {
    const { height = 0, width = 0 } =
      inputOf({ size: 300, keepAspect: true }, { x: 0, y: 0, width: 900, height: 1 }) ?? {};
    expect(height).toBeGreaterThanOrEqual(96);
    expect(width).toBeLessThanOrEqual(90_000 / 96);
  });
});

describe('tiles', () => {
  test('2 x 2 that share a fifth of the picture are of 60 %', () => {
    expect(regionsOf({ tiles: [2, 2], overlap: 0.2 })).toEqual([
      { x: 0, y: 0, width: 384, height: 288 },
      { x: 256, y: 0, width: 384, height: 288 },
      { x: 0, y: 192, width: 384, height: 288 },
      { x: 256, y: 192, width: 384, height: 288 },
    ]);
  });

  test('can cut an object only at borders that lie inside the picture', () => {
    const [left, right] = plan({ tiles: [2, 1], overlap: 0.2 });
    expect(left?.cut).toEqual({ left: false, top: false, right: true, bottom: false });
    expect(right?.cut).toEqual({ left: true, top: false, right: false, bottom: false });
  });

  test('have the size that was trained, or their own', () => {
    expect(inputOf({ tiles: [2, 2], overlap: 0.2 })).toEqual(trained);
    expect(inputOf({ tiles: [2, 2], overlap: 0.2, size: 428 })).toEqual({ height: 428, width: 428 });
  });

  test('of one are the whole region', () => {
    expect(regionsOf({ tiles: [1, 1], overlap: 0.5 })).toEqual([region]);
  });
});

describe('a region of interest', () => {
  const part = { x: 100, y: 0, width: 200, height: 100 };

  test('is what the view sees, and cuts where it ends inside the picture', () => {
    const [pass] = plan({ size: 300, region: part });
    expect(pass?.placement.region).toEqual(part);
    expect(pass?.cut).toEqual({ left: true, top: false, right: true, bottom: true });
  });

  test('can be tiled', () => {
    expect(regionsOf({ tiles: [2, 1], overlap: 0, region: part }).map(({ x, width }) => [x, width])).toEqual([
      [100, 100],
      [200, 100],
    ]);
  });

  test('outside of the picture, or of the part that is looked at, is refused', () => {
    const outside = { x: 600, y: 0, width: 100, height: 100 };
    expect(() => plan({ size: 300, region: outside })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', value: outside }),
    );
    const looked = { x: 50, y: 50, width: 100, height: 100 };
    expect(() => plan({ size: 300, region: { ...looked, x: 0 } }, looked)).toThrow(/100 x 100 from 50, 50/);
  });
});
