import { describe, expect, test } from 'vitest';
import { fuseSeenViews } from './fuse-seen-views.ts';
import { fuseTiles } from './fuse-tiles.ts';
import { cocoSizeWeights } from './fusion/size-weight.ts';
import { tilesOf } from './tile-layers.ts';
import type { SeenView } from './view-boxes.ts';

const side = 6000;
const region = { x: 0, y: 0, width: side, height: side };

/** Numbers from 0 to 1 that look random. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Objects of two classes, which layers of tiles see where they are large enough, and weak boxes that mean nothing. */
function scene(): SeenView[] {
  const random = randomNumbers(7);
  // One small one in each field of 400 pixels, and four large ones over them.
  const objects = Array.from({ length: 225 }, (_, field) => {
    const size = 60 * 2 ** (random() * 2.5);
    const room = 400 - size;
    const x = (field % 15) * 400 + random() * room;
    const y = Math.floor(field / 15) * 400 + random() * room;
    return { column: 1, x, y, size };
  });
  for (const [x, y] of [
    [100, 200],
    [3100, 150],
    [250, 3050],
    [3300, 3200],
  ] as const)
    objects.push({ column: 2, x, y, size: 1000 + random() * 1200 });
  return [side, 2400, 1200, 600, 300].map((tile) => {
    const boxes: number[][] = [];
    for (const { column, x, y, size } of objects) {
      if (size < tile / 12 || size > tile) continue;
      for (let copy = 0; copy < 4; copy++) {
        const shift = () => (random() - 0.5) * size * 0.15;
        const score = 0.2 + 0.75 * random();
        boxes.push([column, score, y + shift(), x + shift(), y + size + shift(), x + size + shift()]);
      }
    }
    for (let weak = 0; weak < 500; weak++) {
      const x = random() * side;
      const y = random() * side;
      boxes.push([1 + (weak % 3), 0.03 + 0.1 * random(), y, x, y + tile * 0.2, x + tile * 0.2]);
    }
    return {
      count: boxes.length,
      columns: Int32Array.from(boxes, ([column = 0]) => column),
      scores: Float64Array.from(boxes, ([, score = 0]) => score),
      boxes: Float32Array.from(boxes.flatMap((box) => box.slice(2))),
      regions: tilesOf(region, tile),
      magnification: 300 / tile,
    };
  });
}

describe('fusing window by window', () => {
  const views = scene();
  const thresholds = Float64Array.of(Number.POSITIVE_INFINITY, 0.3, 0.3, 0.3);
  const options = { sizeWeights: cocoSizeWeights, maxDetections: 10_000, thresholds };

  test('gives what fusing all at once gives', () => {
    const all = fuseSeenViews(views, options);
    const tiled = fuseTiles(views, { ...options, region, tileSize: 300 });
    expect(all.count).toBeGreaterThan(215);
    expect(tiled.count).toBe(all.count);
    // What is weak lies on the borders of windows, so a few scores differ in their second digit, and near ones may change places.
    const listOf = ({ count, columns, scores, boxes }: typeof all) =>
      Array.from({ length: count }, (_, index) => ({
        column: columns[index],
        score: scores[index] ?? 0,
        box: [...boxes.subarray(index * 4, index * 4 + 4)],
      }));
    const others = listOf(tiled);
    for (const { column, score, box } of listOf(all)) {
      const same = others.filter(
        (one) => one.column === column && one.box.every((value, at) => Math.abs(value - (box[at] ?? 0)) < 1),
      );
      expect(same).toHaveLength(1);
      expect(Math.abs((same[0]?.score ?? 0) - score)).toBeLessThan(0.03);
    }
  });

  test('gives the best where more are found than are asked for', () => {
    const all = fuseTiles(views, { ...options, region, tileSize: 300 });
    const best = fuseTiles(views, { ...options, region, tileSize: 300, maxDetections: 10 });
    expect([...best.scores]).toEqual([...all.scores.subarray(0, 10)]);
  });

  test('of nothing gives nothing', () => {
    const nothing = views.map((view) => ({ ...view, count: 0 }));
    expect(fuseTiles(nothing, { ...options, region, tileSize: 300 }).count).toBe(0);
  });
});
