import { ssdliteMobileNetV2 as architecture, cocoSizeWeights, costOfViews, type View } from 'ssdlite';
import { describe, expect, test } from 'vitest';
import { candidateViews } from './candidate-views.ts';
import { movesFrom, viewText } from './moves.ts';

const images = [{ width: 640, height: 480 }];
const costOf = (views: readonly View[]): number =>
  costOfViews(views, { image: { width: 640, height: 480 }, architecture });

describe('views that are tried', () => {
  test('are sizes in steps of 64 from the trained one, mirrored where that is cheap, and tiles', () => {
    expect(candidateViews({ architecture, images, maxCost: 2.1 }).map(viewText)).toEqual([
      '236',
      '236 mirrored',
      '300',
      '300 mirrored',
      '364',
      '364 mirrored',
      '428 in shape',
      '428',
      '428 mirrored',
      '2 x 1 tiles',
      '1 x 2 tiles',
    ]);
  });

  test('keep the shape of a network that is not square', () => {
    const views = candidateViews({
      architecture: { ...architecture, inputSize: { width: 320, height: 192 } },
      images,
      maxCost: 2,
    });
    expect(views).toContainEqual({ size: { width: 384, height: 224 } });
    expect(views.map(viewText)).toContain('384 x 224');
  });
});

describe('moves', () => {
  const recipe = { views: [{ size: 300 }], sizeWeights: [[96, 1]] as const };
  const candidates: View[] = [{ size: 300 }, { size: 364 }, { size: 428 }];

  test('add a view that fits, and put one in place of another', () => {
    const what = movesFrom(recipe, { candidates, costOf, maxCost: 2.5 }).map((move) => move.what);
    expect(what).toEqual(['add 364', '364 for 300', '428 for 300']);
  });

  test('of several views drop one too, and weigh sizes otherwise', () => {
    const moves = movesFrom(
      { ...recipe, views: [{ size: 300 }, { size: 428 }] },
      {
        candidates,
        costOf,
        maxCost: 3.1,
      },
    );
    expect(moves.map(({ what }) => what)).toEqual([
      'drop 300',
      'drop 428',
      '364 for 428',
      'weight 1 to 1.5 at 96 px',
      'weight 1 to 0.667 at 96 px',
      'sizes times 1.2',
      'sizes times 0.833',
    ]);
    expect(moves.at(-1)?.recipe.sizeWeights).toEqual([[80, 1]]);
  });

  test('stay within the bound, and make recipes that a detector takes', () => {
    const all = candidateViews({ architecture, images, maxCost: 8.5 });
    const moves = movesFrom(
      { views: [{ size: 300 }, { size: 492 }], sizeWeights: cocoSizeWeights },
      { candidates: all, costOf, maxCost: 8.5 },
    );
    for (const move of moves) {
      expect(costOf(move.recipe.views)).toBeLessThanOrEqual(8.5);
      expect(move.recipe.views.length).toBeGreaterThan(0);
      for (const [, weight] of move.recipe.sizeWeights) expect(weight).toBeGreaterThan(0);
    }
    expect(new Set(moves.map(({ what }) => what)).size).toBe(moves.length);
  });
});
