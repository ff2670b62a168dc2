import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verdict } from '../metric/match.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { anyToy, type Toy, toyInput } from './fixtures/toy-evaluation.ts';
import { matchAt } from './match-at.ts';

const cat = 1;
const dog = 2;
const two: Pick<Toy, 'images' | 'categories'> = { images: [1], categories: [cat, dog] };

const rows = ({ counts }: { counts: Float64Array }, size: number): number[][] =>
  Array.from({ length: size }, (_, row) => Array.from(counts.subarray(row * size, (row + 1) * size)));

describe('confusionMatrix', () => {
  test('puts right, confused, invented and missed objects where they belong', () => {
    const matrix = confusionMatrix(
      toyInput({
        ...two,
        truths: [
          { image: 1, category: cat, box: [0, 0, 10, 10] },
          { image: 1, category: dog, box: [100, 0, 10, 10] },
          { image: 1, category: dog, box: [200, 0, 10, 10] },
        ],
        detections: [
          { image: 1, category: cat, box: [0, 0, 10, 10], score: 0.9 },
          { image: 1, category: cat, box: [100, 0, 10, 10], score: 0.8 },
          { image: 1, category: dog, box: [300, 0, 10, 10], score: 0.7 },
        ],
      }),
      { scoreThreshold: 0.5 },
    );
    expect(matrix.categoryIds).toEqual([cat, dog]);
    expect(rows(matrix, 3)).toEqual([
      [1, 0, 0],
      [1, 0, 1],
      [0, 1, 0],
    ]);
  });

  test('lets a detection of the own category take the object before a better placed one of another', () => {
    const matrix = confusionMatrix(
      toyInput({
        ...two,
        truths: [{ image: 1, category: cat, box: [0, 0, 10, 10] }],
        detections: [
          { image: 1, category: dog, box: [0, 0, 10, 10], score: 0.9 },
          { image: 1, category: cat, box: [0, 0, 10, 8], score: 0.6 },
        ],
      }),
      { scoreThreshold: 0.5 },
    );
    expect(rows(matrix, 3)).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  test('gives an object to the detection that overlaps it most, and ignores detections on a crowd', () => {
    const matrix = confusionMatrix(
      toyInput({
        ...two,
        truths: [
          { image: 1, category: cat, box: [0, 0, 10, 10] },
          { image: 1, category: dog, box: [100, 0, 50, 50], crowd: true },
        ],
        detections: [
          { image: 1, category: dog, box: [0, 0, 10, 8], score: 0.9 },
          { image: 1, category: dog, box: [0, 0, 10, 9], score: 0.6 },
          { image: 1, category: dog, box: [110, 10, 10, 10], score: 0.6 },
        ],
      }),
      { scoreThreshold: 0.5 },
    );
    expect(rows(matrix, 3)).toEqual([
      [0, 1, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  test('counts every object in its row and every detection in its column, with the true positives on the diagonal', () => {
    fc.assert(
      fc.property(anyToy, fc.constantFrom(0, 0.3, 0.7), (toy, scoreThreshold) => {
        const input = toyInput(toy);
        const matrix = rows(confusionMatrix(input, { scoreThreshold }), 4);
        const matches = matchAt(input, 0.5);
        for (const [column] of toy.categories.entries()) {
          const own = (outcomes: readonly number[]): number =>
            matches.verdicts.filter(
              (outcome, place) =>
                outcomes.includes(outcome) &&
                matches.classes[place] === column &&
                (matches.scores[place] as number) >= scoreThreshold,
            ).length;
          expect(matrix[column]?.reduce((a, b) => a + b)).toBe(matches.positives[column]);
          expect(matrix.reduce((sum, row) => sum + (row[column] ?? 0), 0)).toBe(
            own([verdict.truePositive, verdict.falsePositive]),
          );
          expect(matrix[column]?.[column]).toBe(own([verdict.truePositive]));
        }
        expect(matrix[3]?.[3]).toBe(0);
      }),
    );
  });
});
