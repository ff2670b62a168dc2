import { describe, expect, test } from 'vitest';
import { type EvaluatedFrame, evaluateTracks, type TrackedBox } from './evaluate-tracks.ts';

/** A square of 10 pixels at a place on a line. */
const at = (id: number, x: number, classId = 1): TrackedBox => ({
  id,
  classId,
  box: { x, y: 0, width: 10, height: 10 },
});

const frame = (truth: readonly TrackedBox[], tracks: readonly TrackedBox[]): EvaluatedFrame => ({
  truth,
  tracks,
});

describe('figures of a video', () => {
  test('are 1 where tracks are the truth under other ids', () => {
    const frames = [0, 1, 2].map((x) => frame([at(1, x), at(2, 50 + x)], [at(8, 50 + x), at(9, x)]));
    expect(evaluateTracks(frames)).toEqual({
      mota: 1,
      motp: 1,
      idf1: 1,
      boxes: 6,
      misses: 0,
      falsePositives: 0,
      switches: 0,
    });
  });

  test('count what was missed, what is not there, and an id that changed', () => {
    // Object 1: ids 7, 7, -, 8. One box where nothing is, under id 9.
    const frames = [
      frame([at(1, 0)], [at(7, 0)]),
      frame([at(1, 0)], [at(7, 0), at(9, 80)]),
      frame([at(1, 0)], []),
      frame([at(1, 0)], [at(8, 0)]),
    ];
    const figures = evaluateTracks(frames);
    expect(figures).toMatchObject({ boxes: 4, misses: 1, falsePositives: 1, switches: 1 });
    expect(figures.mota).toBeCloseTo(1 - 3 / 4, 12);
    // The object is best given id 7: 2 of its 4 boxes, of 4 tracked ones.
    expect(figures.idf1).toBeCloseTo((2 * 2) / (4 + 4), 12);
  });

  test('tell two objects that swap ids halfway: two switches, and half of the identities', () => {
    const frames = [
      frame([at(1, 0), at(2, 50)], [at(1, 0), at(2, 50)]),
      frame([at(1, 0), at(2, 50)], [at(2, 0), at(1, 50)]),
    ];
    expect(evaluateTracks(frames)).toMatchObject({ mota: 1 - 2 / 4, idf1: 0.5, switches: 2 });
  });

  test('count a switch after a gap too, but not an id that comes back', () => {
    const seen = (id: number) => frame([at(1, 0)], [at(id, 0)]);
    const gap = frame([at(1, 0)], []);
    expect(evaluateTracks([seen(1), gap, seen(1)]).switches).toBe(0);
    expect(evaluateTracks([seen(1), gap, seen(2)]).switches).toBe(1);
  });

  test('keep a match of the frame before where another overlaps better', () => {
    // Id 2 comes to lie exactly on the object, id 1 still overlaps it by 8 of 12.
    const frames = [frame([at(1, 0)], [at(1, 0)]), frame([at(1, 0)], [at(1, 2), at(2, 0)])];
    const figures = evaluateTracks(frames);
    expect(figures).toMatchObject({ switches: 0, falsePositives: 1 });
    expect(figures.motp).toBeCloseTo((1 + 8 / 12) / 2, 12);
  });

  test('match at the threshold and not below, and only within a class', () => {
    // Moved by a third of its side, a square overlaps by 2/3 of 4/3: IoU 0.5.
    const third = frame(
      [{ ...at(1, 0), box: { x: 0, y: 0, width: 9, height: 9 } }],
      [{ ...at(1, 0), box: { x: 3, y: 0, width: 9, height: 9 } }],
    );
    expect(evaluateTracks([third]).misses).toBe(0);
    expect(evaluateTracks([third], { iouThreshold: 0.51 }).misses).toBe(1);
    expect(evaluateTracks([frame([at(1, 0, 1)], [at(1, 0, 2)])])).toMatchObject({
      misses: 1,
      falsePositives: 1,
      mota: -1,
      idf1: 0,
    });
  });

  test('of nothing are no numbers', () => {
    const figures = evaluateTracks([frame([], [])]);
    expect([figures.mota, figures.motp, figures.idf1]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

test('a threshold that is no share is refused', () => {
  expect(() => evaluateTracks([], { iouThreshold: Number.NaN })).toThrow('iouThreshold is NaN');
});
