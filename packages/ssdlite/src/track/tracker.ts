// Follows objects through a video: detections of one frame after the other in, the same with ids out (ByteTrack: Zhang et al. 2022,
// arXiv 2110.06864).

import { SsdliteError } from '@ssdlite/layers';
import type { Detection } from '../detection.ts';
import { assign } from './assign.ts';
import { boxOverlap } from './box-overlap.ts';
import { cameraShift } from './camera-shift.ts';
import { checkDetections } from './check-detections.ts';
import { resolveTrackerOptions, type TrackerOptions } from './tracker-options.ts';
import { Trajectory } from './trajectory.ts';

/** IoU over which a weak detection continues a track: it has less to say for itself, so it must lie better. */
const weakOverlap = 0.5;
/** IoU over which a second detection confirms a first. */
const tentativeOverlap = 0.3;
/** Two tracks that overlap by more than this IoU are one. */
const sameTrack = 0.85;

/** An object in one frame: a `Detection`, so it can be drawn and counted as one, with an identity. */
export interface Track extends Detection {
  /** The same for one object in all frames, from 1; never given twice. */
  readonly id: number;
  /**
   * - `new`: told for the first time.
   * - `found`: told before, and seen in this frame.
   * - `lost`: not seen in this frame; `box` is where it is expected. Only with `includeLost`.
   */
  readonly state: 'new' | 'found' | 'lost';
  /** Updates since the object was seen first: 0 in its first. */
  readonly age: number;
  /** Updates in which it was seen. */
  readonly hits: number;
  /** Updates since it was seen last: 0 unless it is lost. */
  readonly missed: number;
  /** Of the centre, in pixels per second. */
  readonly velocity: { readonly x: number; readonly y: number };
  /** What was found in this frame, the very object that `update` was given; undefined for a lost track. */
  readonly detection: Detection | undefined;
}

/**
 * Makes a tracker. It needs no picture, only what a detector finds: give it everything down to `lowThreshold`.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`
 * @example
 * const tracker = createTracker();
 * for await (const { detections } of detector.detectStream(frames, { scoreThreshold: 0.1 })) {
 *   for (const { id, label, box } of tracker.update(detections)) console.log(id, label, box);
 * }
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  return new Tracker(options);
}

/** Follows the objects of one video. */
export class Tracker {
  readonly #options: Required<TrackerOptions>;
  #trajectories: Trajectory[] = [];
  #nextId = 1;
  /** In frames; undefined before the first. */
  #now: number | undefined;
  #timed: boolean | undefined;

  /** @see createTracker */
  constructor(options: TrackerOptions = {}) {
    this.#options = resolveTrackerOptions(options);
  }

  /**
   * Takes the detections of the next frame.
   *
   * 1. Every track is moved to where its object is expected (Kalman filter), and with the camera if that has moved.
   * 2. Tracks are paired with the detections over `highThreshold`, so that overlaps are best as a whole.
   * 3. Tracks that are left over, and were seen in the frame before, are paired with the weak detections: half-hidden objects.
   * 4. Strong detections that are left over start tracks. These are told once they were found `minHits` times in a row.
   *
   * @param detections with boxes as x, y, width, height (`boxFormat: 'xywh'`), in any order
   * @param options.time of the frame in milliseconds, for instance `video.currentTime * 1000`; without it, frames follow at
   *   `frameRate`. With or without, but the same for all frames of a video
   * @returns the tracks in order of their ids: those seen in this frame, and with `includeLost` the others too
   * @throws SsdliteError `INVALID_ARGUMENT` for a box or score that is no number, or a frame out of order; the tracker is as before then
   */
  update(detections: readonly Detection[], { time }: { readonly time?: number } = {}): Track[] {
    checkDetections(detections);
    const first = this.#now === undefined;
    const elapsed = this.#advance(time);
    const { highThreshold, lowThreshold, minOverlap, minHits, keepLostMs, frameRate } = this.#options;
    const strong = detections.filter(({ score }) => score >= highThreshold);
    const weak = detections.filter(({ score }) => score < highThreshold && score >= lowThreshold);

    for (const trajectory of this.#trajectories) trajectory.predict(elapsed);
    if (this.#options.followCamera) this.#followCamera(strong);

    const known = this.#trajectories.filter(({ id }) => id !== undefined);
    const tentative = this.#trajectories.filter(({ id }) => id === undefined);
    const rest = this.#match(known, strong, minOverlap);
    const seenBefore = rest.trajectories.filter(({ missed }) => missed === 1);
    this.#match(seenBefore, weak, Math.max(weakOverlap, minOverlap));
    const fresh = this.#match(tentative, rest.detections, Math.max(tentativeOverlap, minOverlap)).detections;

    const started = fresh.map((detection) => new Trajectory(detection));
    const keepLost = (keepLostMs / 1000) * frameRate;
    this.#trajectories = [...this.#trajectories, ...started].filter(
      ({ id, missed, unseen }) => missed === 0 || (id !== undefined && unseen <= keepLost),
    );
    const told = new Set<Trajectory>();
    for (const trajectory of this.#trajectories) {
      if (trajectory.id !== undefined || !(first || trajectory.hits >= minHits)) continue;
      trajectory.id = this.#nextId++;
      told.add(trajectory);
    }
    this.#dropDoubles();
    return this.#tracks(told);
  }

  /** Forgets everything, for the next video: ids begin at 1 again. */
  reset(): void {
    this.#trajectories = [];
    this.#nextId = 1;
    this.#now = undefined;
    this.#timed = undefined;
  }

  /** Frames since the last update. */
  #advance(time: number | undefined): number {
    const timed = time !== undefined;
    if (timed && !(typeof time === 'number' && Number.isFinite(time))) {
      throw frameError(time, `is ${String(time)}`, 'Pass milliseconds.');
    }
    if (this.#timed !== undefined && this.#timed !== timed) {
      const next = 'Pass the time of every frame, or of none.';
      throw frameError(time, timed ? `is ${time}, but frames before had none` : 'is missing', next);
    }
    const before = this.#now;
    const now = timed ? (time / 1000) * this.#options.frameRate : (before ?? -1) + 1;
    if (before !== undefined && now < before) {
      const last = (before / this.#options.frameRate) * 1000;
      const next = 'Pass frames in the order of time; reset() begins another video.';
      throw frameError(time, `is ${time}, before the last frame at ${last}`, next);
    }
    this.#timed = timed;
    this.#now = now;
    return before === undefined ? 0 : now - before;
  }

  #followCamera(strong: readonly Detection[]): void {
    const seen = this.#trajectories.filter(({ missed }) => missed === 1);
    const shift = cameraShift(
      seen.map(({ box }) => box),
      strong.map(({ box }) => box),
      (expected, found) => this.#canBe(seen[expected] as Trajectory, strong[found] as Detection),
    );
    for (const trajectory of this.#trajectories) trajectory.shift(shift);
  }

  /** Gives trajectories their detections; gives back what is left over of both. */
  #match(
    trajectories: readonly Trajectory[],
    detections: readonly Detection[],
    minOverlap: number,
  ): { trajectories: Trajectory[]; detections: Detection[] } {
    const [rows, columns] = [trajectories.length, detections.length];
    const gains = new Float64Array(rows * columns);
    for (const [row, trajectory] of trajectories.entries()) {
      const { box } = trajectory;
      for (const [column, detection] of detections.entries()) {
        if (!this.#canBe(trajectory, detection)) continue;
        gains[row * columns + column] = (boxOverlap(box, detection.box) - minOverlap) * detection.score;
      }
    }
    const pairs = assign(gains, { rows, columns });
    for (const [row, column] of pairs) trajectories[row]?.find(detections[column] as Detection);
    const [foundRows, foundColumns] = [
      new Set(pairs.map(([row]) => row)),
      new Set(pairs.map(([, column]) => column)),
    ];
    return {
      trajectories: trajectories.filter((_, row) => !foundRows.has(row)),
      detections: detections.filter((_, column) => !foundColumns.has(column)),
    };
  }

  #canBe(trajectory: Trajectory, { classId }: Detection): boolean {
    return !this.#options.perClass || trajectory.last.classId === classId;
  }

  /** A lost track that comes to lie on one that is seen was of the same object: the one that was seen more often stays. */
  #dropDoubles(): void {
    const known = this.#trajectories.filter(({ id }) => id !== undefined);
    const seen = known.filter(({ missed }) => missed === 0);
    const doubles = new Set<Trajectory>();
    for (const lost of known.filter(({ missed }) => missed > 0)) {
      for (const other of seen) {
        if (!this.#canBe(lost, other.last) || boxOverlap(lost.box, other.box) <= sameTrack) continue;
        doubles.add(lost.hits > other.hits ? other : lost);
      }
    }
    this.#trajectories = this.#trajectories.filter((trajectory) => !doubles.has(trajectory));
  }

  #tracks(told: ReadonlySet<Trajectory>): Track[] {
    const { smoothBoxes, smoothScores, includeLost, frameRate } = this.#options;
    const tracks: Track[] = [];
    for (const trajectory of this.#trajectories) {
      const { id, last, box, score, age, hits, missed, velocity } = trajectory;
      const lost = missed > 0;
      if (id === undefined || (lost && !includeLost)) continue;
      tracks.push({
        id,
        state: lost ? 'lost' : told.has(trajectory) ? 'new' : 'found',
        label: trajectory.class.label,
        classId: trajectory.class.classId,
        score: smoothScores ? score : last.score,
        box: lost || smoothBoxes ? box : last.box,
        age,
        hits,
        missed,
        velocity: { x: velocity.x * frameRate, y: velocity.y * frameRate },
        detection: lost ? undefined : last,
      });
    }
    return tracks.sort((a, b) => a.id - b.id);
  }
}

function frameError(time: unknown, what: string, next: string): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `The time of the frame ${what}.`, { value: time, next });
}
