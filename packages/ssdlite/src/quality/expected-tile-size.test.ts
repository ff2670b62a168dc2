import { expect, test } from 'vitest';
import { expectedTileSize, planSamples } from './expected-tile-size.ts';

const trained = { height: 300, width: 300 };
const region = { x: 0, y: 0, width: 6000, height: 4000 };

/** What a sample found: boxes of one score, each given by its left and side as shares of the tile. */
function found(...boxes: readonly (readonly [left: number, side: number])[]) {
  return {
    count: boxes.length,
    columns: new Int32Array(boxes.length).fill(1),
    anchors: new Int32Array(boxes.length),
    scores: new Float32Array(boxes.length).fill(0.5),
    boxes: Float32Array.from(boxes.flatMap(([left, side]) => [left, left, left + side, left + side])),
  };
}

const samples = planSamples(region, trained);

test('Samples are of every size from the whole picture to its own pixels, 25 a size at most', () => {
  const sizes = samples.map(({ pass }) => pass.placement.region.width);
  const counts = [6000, 2400, 1200, 600, 300].map((size) => sizes.filter((width) => width === size).length);
  // Of tiles of 2400 there are 3 x 2; of 4800 none, as they are nearly the picture.
  expect(counts).toEqual([1, 6, 25, 25, 25]);
  expect(samples.at(-1)?.standsFor).toBeCloseTo((27 * 18) / 25, 6);
});

test('Objects of 90 pixels have tiles of 90 * 300 / 64', () => {
  const results = samples.map((sample) => ({
    ...sample,
    // 0.3 of a tile of 300 pixels, away from its borders.
    candidates: sample.pass.placement.region.width === 300 ? found([0.4, 0.3]) : found(),
  }));
  expect(expectedTileSize(results, { region, trained })).toBe(Math.round((90 * 300) / 64));
});

test('Of a mixture the smaller tenth decides', () => {
  const mixture = (small: number) =>
    [240, 80].flatMap((size, index) => {
      const pass = {
        ...samples[0]?.pass,
        placement: samples[0]?.pass.placement,
      } as (typeof samples)[number]['pass'];
      const side = size / 0.25;
      const region = { x: 1000, y: 1000, width: side, height: side };
      return {
        pass: { ...pass, placement: { ...pass.placement, region } },
        standsFor: index === 1 ? small : 100 - small,
        candidates: found([0.4, 0.25]),
      };
    });
  expect(expectedTileSize(mixture(12), { region, trained })).toBe((80 * 300) / 64);
  expect(expectedTileSize(mixture(8), { region, trained })).toBe((240 * 300) / 64);
});

test('What a tile may have cut is not counted', () => {
  const results = samples.map((sample) => ({ ...sample, candidates: found([0, 0.2]) }));
  const cut = results.filter(({ pass: { cut } }) => cut.left && cut.top);
  expect(expectedTileSize(cut, { region, trained })).toBe(640);
});

test('Where nothing is found tiles are as large as a photo, but no larger than the picture', () => {
  const results = samples.map((sample) => ({ ...sample, candidates: found() }));
  expect(expectedTileSize(results, { region, trained })).toBe(640);
  expect(expectedTileSize([], { region: { x: 0, y: 0, width: 400, height: 300 }, trained })).toBe(400);
});

test('Tiles are not finer than the picture itself', () => {
  const tiny = samples.slice(-1).map((sample) => ({ ...sample, candidates: found([0.5, 0.14]) }));
  expect(expectedTileSize(tiny, { region, trained })).toBe(300);
});
