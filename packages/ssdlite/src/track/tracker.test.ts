import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detection } from '../detection.ts';
import { evaluateTracks } from './evaluate-tracks.ts';
import { type Actor, along, type MadeUpFrame, madeUpVideo } from './fixtures/made-up-video.ts';
import { createTracker, type Track } from './tracker.ts';
import type { TrackerOptions } from './tracker-options.ts';

/** Tracks of every frame. */
function track(video: readonly MadeUpFrame[], options: TrackerOptions = {}): Track[][] {
  const tracker = createTracker(options);
  return video.map(({ detections }) => tracker.update(detections));
}

function figures(video: readonly MadeUpFrame[], options: TrackerOptions = {}) {
  const tracks = track(video, options);
  return evaluateTracks(video.map(({ truth }, frame) => ({ truth, tracks: tracks[frame] ?? [] })));
}

const person = (x: number, score = 0.9): Detection => ({
  label: 'person',
  classId: 1,
  score,
  box: { x, y: 0, width: 40, height: 80 },
});

/** From frame `from` up to, not with, `to`. */
const between = (frame: number, from: number, to: number): boolean => frame >= from && frame < to;

describe('objects keep their ids', () => {
  test('as they walk, though their boxes tremble', () => {
    const video = madeUpVideo(
      [
        { id: 1, path: along({ x: 0, y: 0 }, { dx: 3 }) },
        { id: 2, path: along({ x: 500, y: 40 }, { dx: -2, dy: 1 }) },
        { id: 3, path: along({ x: 200, y: 300 }, { dx: 0, width: 20, height: 20 }) },
      ],
      { frames: 60, tremble: 0.05 },
    );
    expect(figures(video)).toMatchObject({ mota: 1, idf1: 1, switches: 0 });
  });

  test('where they cross and one hides the other', () => {
    // Two of one class walk through one another: for 10 frames only the nearer one is seen.
    const crossing: readonly Actor[] = [
      { id: 1, path: along({ x: 0, y: 0 }, { dx: 4 }) },
      {
        id: 2,
        path: along({ x: 320, y: 6 }, { dx: -4 }),
        score: (frame) => (between(frame, 36, 46) ? undefined : 0.8),
      },
    ];
    const found = figures(madeUpVideo(crossing, { frames: 80, tremble: 0.03 }));
    expect(found).toMatchObject({ switches: 0, misses: 10, falsePositives: 0 });
    expect(found.idf1).toBeCloseTo((2 * 150) / (160 + 150), 12);
  });

  test('where a crowd crosses', () => {
    const crowd = Array.from(
      { length: 12 },
      (_, index): Actor => ({
        id: index + 1,
        path: along(
          { x: index % 2 === 0 ? 0 : 400, y: index * 25 },
          { dx: (index % 2 === 0 ? 1 : -1) * (3 + index / 6) },
        ),
      }),
    );
    const found = figures(madeUpVideo(crowd, { frames: 100, tremble: 0.04 }));
    expect(found.switches).toBe(0);
    expect(found.mota).toBeGreaterThan(0.99);
    expect(found.idf1).toBeGreaterThan(0.99);
  });

  test('behind something, for as long as they may be lost', () => {
    const hidden = (from: number, to: number): MadeUpFrame[] =>
      madeUpVideo(
        [
          {
            id: 1,
            path: along({ x: 0, y: 0 }, { dx: 5 }),
            score: (frame) => (between(frame, from, to) ? undefined : 0.9),
          },
        ],
        { frames: 80 },
      );
    const idsOf = (tracks: readonly Track[][]): number[] => [...new Set(tracks.flat().map(({ id }) => id))];
    // 29 frames without it are under a second, 31 are over.
    expect(idsOf(track(hidden(20, 49)))).toEqual([1]);
    expect(idsOf(track(hidden(20, 51)))).toEqual([1, 2]);
    expect(idsOf(track(hidden(20, 51), { keepLostMs: 2000 }))).toEqual([1]);
    expect(idsOf(track(hidden(20, 23), { keepLostMs: 50 }))).toEqual([1, 2]);
  });

  test('half-hidden, where only a weak detection is left of them', () => {
    const video = madeUpVideo(
      [
        {
          id: 1,
          path: along({ x: 0, y: 0 }, { dx: 3 }),
          score: (frame) => (between(frame, 20, 40) ? 0.2 : 0.9),
        },
      ],
      { frames: 60 },
    );
    expect(figures(video)).toMatchObject({ mota: 1, idf1: 1 });
    expect(figures(video, { lowThreshold: 0.5 })).toMatchObject({ misses: 20, switches: 0 });
  });

  test('and no weak detection brings back what was lost', () => {
    const tracker = createTracker();
    const scores = [0.9, 0.9, undefined, 0.3, 0.3, 0.9];
    const seen = scores.map((score) =>
      tracker.update(score === undefined ? [] : [person(0, score)]).map(({ id }) => id),
    );
    expect(seen).toEqual([[1], [1], [], [], [], [1]]);
  });

  test('under a camera that shakes by more than they are wide', () => {
    const walkers = [0, 1, 2, 3].map(
      (index): Actor => ({
        id: index + 1,
        path: along({ x: index * 150, y: index * 60 }, { dx: 1 + index, width: 40 + 6 * index }),
      }),
    );
    const camera = (frame: number) => ({ x: 60 * Math.sin(frame * 2.1), y: 45 * Math.cos(frame * 1.7) });
    const video = madeUpVideo(walkers, { frames: 60, tremble: 0.03, camera });
    expect(figures(video)).toMatchObject({ mota: 1, idf1: 1, switches: 0 });
    expect(figures(video, { followCamera: false }).idf1).toBeLessThan(0.7);
  });

  test('at any frame rate that their times tell', () => {
    const tracker = createTracker();
    const ids = [0, 33, 66, 200, 500, 540, 900].map((time) => {
      const tracks = tracker.update([person(time / 10), person(300)], { time });
      return tracks.map(({ id }) => id);
    });
    expect(ids).toEqual(ids.map(() => [1, 2]));
  });
});

describe('a track', () => {
  test('is told in the first frame, and later once it was found twice in a row', () => {
    const video = madeUpVideo(
      [
        { id: 1, path: () => ({ x: 0, y: 0, width: 40, height: 80 }) },
        { id: 2, path: (frame) => (frame < 3 ? undefined : { x: 200, y: 0, width: 40, height: 80 }) },
      ],
      // A ghost of one frame is no object.
      { frames: 6, ghosts: (frame) => (frame === 2 ? [person(400)] : []) },
    );
    const told = track(video).map((tracks) => tracks.map(({ id, state, age }) => [id, state, age]));
    expect(told).toEqual([
      [[1, 'new', 0]],
      [[1, 'found', 1]],
      [[1, 'found', 2]],
      [[1, 'found', 3]],
      [
        [1, 'found', 4],
        [2, 'new', 1],
      ],
      [
        [1, 'found', 5],
        [2, 'found', 2],
      ],
    ]);
    expect(track(video, { minHits: 1 }).map((tracks) => tracks.length)).toEqual([1, 1, 2, 2, 2, 2]);
  });

  test('that is lost is given where it is expected, if wanted', () => {
    const walk = along({ x: 0, y: 0 }, { dx: 5 });
    const video = madeUpVideo(
      [{ id: 1, path: walk, score: (frame) => (between(frame, 30, 33) ? undefined : 0.9) }],
      { frames: 35 },
    );
    const [last, ...rest] = track(video, { includeLost: true }).slice(29);
    expect(last).toMatchObject([{ state: 'found', missed: 0, hits: 30, age: 29 }]);
    expect(rest.map(([one]) => [one?.state, one?.missed, one?.hits])).toEqual([
      ['lost', 1, 30],
      ['lost', 2, 30],
      ['lost', 3, 30],
      ['found', 0, 31],
      ['found', 0, 32],
    ]);
    expect(rest[2]?.[0]?.detection).toBeUndefined();
    expect(rest[2]?.[0]?.box.x).toBeCloseTo(walk(32).x, 0);
    // 5 pixels a frame, 30 frames a second.
    expect(last?.[0]?.velocity.x).toBeCloseTo(150, -1);
    expect(track(video).slice(30, 33)).toEqual([[], [], []]);
  });

  test('of a class takes no detection of another, unless classes are said to be mixed up', () => {
    const truck: Detection = { ...person(0), label: 'truck', classId: 8, score: 0.6 };
    const car: Detection = { ...person(0), label: 'car', classId: 3 };
    const run = (options: TrackerOptions): unknown[] => {
      const tracker = createTracker(options);
      return [car, truck, truck, car].map((one) => tracker.update([one]).map(({ id, label }) => [id, label]));
    };
    expect(run({})).toEqual([[[1, 'car']], [], [[2, 'truck']], [[1, 'car']]]);
    // Car by 0.9 against 0.6, truck by 1.2 against 0.9, car by 1.8.
    expect(run({ perClass: false })).toEqual([[[1, 'car']], [[1, 'car']], [[1, 'truck']], [[1, 'car']]]);
  });

  test('has the very detection that was given, and its box and score', () => {
    const given = person(10, 0.7);
    const [found] = createTracker().update([given]);
    expect(found?.detection).toBe(given);
    expect(found).toMatchObject({ label: 'person', classId: 1, score: 0.7, box: given.box });
  });

  test('trembles less when boxes and scores are smoothed', () => {
    const video = madeUpVideo(
      [
        {
          id: 1,
          path: () => ({ x: 50, y: 50, width: 100, height: 100 }),
          score: (frame) => (frame % 2 === 0 ? 0.9 : 0.6),
        },
      ],
      { frames: 200, tremble: 0.05 },
    );
    const steps = (tracks: readonly Track[][], value: (track: Track) => number): number => {
      const values = tracks.slice(20).map(([one]) => (one ? value(one) : Number.NaN));
      return values.slice(1).reduce((sum, now, at) => sum + Math.abs(now - (values[at] ?? Number.NaN)), 0);
    };
    const rough = track(video);
    const smooth = track(video, { smoothBoxes: true, smoothScores: true });
    expect(steps(smooth, ({ box }) => box.x) / steps(rough, ({ box }) => box.x)).toBeLessThan(0.7);
    expect(steps(smooth, ({ score }) => score) / steps(rough, ({ score }) => score)).toBeLessThan(0.3);
  });
});

test('Of two tracks that come to lie on one object, the one that was seen more often stays', () => {
  const tracker = createTracker({ includeLost: true });
  for (let frame = 0; frame < 30; frame++) tracker.update([person(0)]);
  // The object seems to jump, is followed under another id, and comes back to where it was.
  const ids = [32, 32, 32, 20, 12, 6, 2, 0, 0].map((x) =>
    tracker.update([person(x)]).map(({ id, state }) => `${id} ${state}`),
  );
  expect(ids.slice(0, 2)).toEqual([['1 lost'], ['1 lost', '2 new']]);
  expect(ids.flat()).toContain('2 found');
  expect(ids.at(-1)).toEqual(['1 found']);
});

test('Two trackers know nothing of one another, and a reset one begins anew', () => {
  const [one, other] = [createTracker(), createTracker()];
  one.update([person(0), person(200)]);
  expect(other.update([person(200)]).map(({ id }) => id)).toEqual([1]);
  one.reset();
  expect(one.update([person(200)], { time: 0 })).toMatchObject([{ id: 1, state: 'new' }]);
});

test('In every frame ids differ, and each track that is seen is of one detection', () => {
  const box = fc.record({
    x: fc.integer({ min: 0, max: 300 }),
    y: fc.integer({ min: 0, max: 300 }),
    width: fc.integer({ min: 5, max: 120 }),
    height: fc.integer({ min: 5, max: 120 }),
  });
  const detection = fc.record({
    label: fc.constant('thing'),
    classId: fc.integer({ min: 1, max: 2 }),
    score: fc.double({ min: 0.05, max: 1, noNaN: true }),
    box,
  });
  const videos = fc.array(fc.array(detection, { maxLength: 8 }), { maxLength: 12 });
  fc.assert(
    fc.property(videos, (frames) => {
      const tracker = createTracker({ includeLost: true });
      for (const detections of frames) {
        const tracks = tracker.update(detections);
        expect(new Set(tracks.map(({ id }) => id)).size).toBe(tracks.length);
        const seen = tracks.filter(({ state }) => state !== 'lost').map((one) => one.detection);
        expect(new Set(seen).size).toBe(seen.length);
        for (const one of seen) expect(detections).toContain(one);
        for (const { box: place } of tracks) {
          expect(place.width).toBeGreaterThan(0);
          expect(Object.values(place).every(Number.isFinite)).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});

describe('refused, with the tracker as it was', () => {
  test.each<[string, unknown, string]>([
    ['a box with NaN', [{ ...person(0), box: { ...person(0).box, x: Number.NaN } }], 'Detection 0'],
    [
      'a box without an area',
      [person(0), { ...person(9), box: { x: 0, y: 0, width: 0, height: 5 } }],
      'Detection 1',
    ],
    ['a box as corners', [{ ...person(0), box: { x1: 0, y1: 0, x2: 5, y2: 5 } }], "boxFormat 'xywh'"],
    ['a score over 1', [person(0, 93)], 'the score 93'],
    ['a score that is NaN', [person(0, Number.NaN)], 'the score NaN'],
    ['no class', [{ ...person(0), classId: undefined }], 'classId undefined'],
    ['no list', undefined, 'The detections are undefined'],
    ['nothing in the list', [null], 'Detection 0'],
  ])('%s', (_, detections, message) => {
    const tracker = createTracker();
    tracker.update([person(0)]);
    expect(() => tracker.update(detections as Detection[])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
    expect(tracker.update([person(0)])).toMatchObject([{ id: 1, age: 1 }]);
  });

  test('a frame out of order, a time that is no number, and frames with and without times', () => {
    const tracker = createTracker();
    tracker.update([person(0)], { time: 1000 });
    expect(() => tracker.update([], { time: 900 })).toThrow('is 900, before the last frame at 1000');
    expect(() => tracker.update([], { time: Number.NaN })).toThrow('The time of the frame is NaN');
    expect(() => tracker.update([])).toThrow('The time of the frame is missing');
    expect(tracker.update([person(0)], { time: 1033 })).toMatchObject([{ id: 1, age: 1 }]);
    const untimed = createTracker();
    untimed.update([]);
    expect(() => untimed.update([], { time: 5 })).toThrow('but frames before had none');
  });

  test.each<[string, object, string]>([
    ['a threshold over 1', { highThreshold: 1.5 }, 'highThreshold is 1.5'],
    ['thresholds in the wrong order', { highThreshold: 0.3, lowThreshold: 0.4 }, 'at most highThreshold'],
    ['a threshold that is NaN', { minOverlap: Number.NaN }, 'minOverlap is NaN'],
    ['half a hit', { minHits: 0.5 }, 'minHits is 0.5'],
    ['a negative time', { keepLostMs: -1 }, 'keepLostMs is -1'],
    ['no frames in a second', { frameRate: 0 }, 'frameRate is 0'],
    ['a text for a flag', { perClass: 'no' }, 'perClass is no'],
    ['an unknown option', { trackBuffer: 30 }, "There is no option 'trackBuffer'"],
  ])('%s', (_, options, message) => {
    expect(() => createTracker(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});
