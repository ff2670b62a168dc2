import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layerSizes, planTileLayers, tilesOf } from './tile-layers.ts';

const trained = { height: 300, width: 300 };

test('Tiles cover a picture from end to end, a quarter or more in common', () => {
  // Of 1000 pixels, 400 each: steps of at most 300.
  expect(tilesOf({ x: 0, y: 0, width: 1000, height: 400 }, 400)).toEqual([
    { x: 0, y: 0, width: 400, height: 400 },
    { x: 300, y: 0, width: 400, height: 400 },
    { x: 600, y: 0, width: 400, height: 400 },
  ]);
});

test('A picture lower than a tile has tiles as low as itself', () => {
  expect(tilesOf({ x: 10, y: 20, width: 100, height: 30 }, 100)).toEqual([
    { x: 10, y: 20, width: 100, height: 30 },
  ]);
});

test('Layers double until one tile is nearly the picture', () => {
  expect(layerSizes({ x: 0, y: 0, width: 6000, height: 4000 }, 640)).toEqual([2560, 1280, 640]);
  expect(layerSizes({ x: 0, y: 0, width: 700, height: 700 }, 640)).toEqual([]);
});

test('Each view looks at the whole picture first, then at the tiles of each layer', () => {
  const looks = planTileLayers([{ size: 300 }, { size: 300, flip: true }], {
    region: { x: 0, y: 0, width: 1000, height: 400 },
    tileSize: 400,
    trained,
  });
  expect(looks.map((passes) => passes.length)).toEqual([1, 1, 3, 3]);
  expect(looks[2]?.map(({ cut }) => [cut.left, cut.right])).toEqual([
    [false, true],
    [true, true],
    [true, false],
  ]);
});

test('An object of up to a quarter of a tile is whole in one of them', () => {
  const length = fc.integer({ min: 100, max: 5000 });
  fc.assert(
    fc.property(
      length,
      length,
      fc.integer({ min: 96, max: 1000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (width, height, size, at) => {
        const side = Math.min(size / 4, width, height);
        const x = at * (width - side);
        const y = (1 - at) * (height - side);
        const tiles = tilesOf({ x: 0, y: 0, width, height }, size);
        // Tiles begin at whole pixels: one of slack.
        const holds = tiles.some(
          (tile) =>
            tile.x <= x + 1 &&
            tile.y <= y + 1 &&
            tile.x + tile.width >= x + side - 1 &&
            tile.y + tile.height >= y + side - 1,
        );
        expect(holds).toBe(true);
      },
    ),
  );
});

test('More than 65,536 tiles are refused', () => {
  expect(() => tilesOf({ x: 0, y: 0, width: 30_000, height: 30_000 }, 96)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', value: 96 }),
  );
});
