// One object over time, as the tracker keeps it.

import type { BoxXywh, Detection } from '../detection.ts';
import type { Shift } from './camera-shift.ts';
import { MovingBox } from './moving-box.ts';

/** Share of the past in a running mean of scores, per frame. */
const scoreMemory = 0.8;

/** What is known of an object. */
export class Trajectory {
  /** Undefined while it is not sure that this is an object. */
  id: number | undefined;
  /** Its last detection. */
  last: Detection;
  /** Running mean. */
  score: number;
  /** Updates since the first detection. */
  age = 0;
  /** Updates with a detection. */
  hits = 1;
  /** Updates without one since the last. */
  missed = 0;
  /** Frames since the last detection. */
  unseen = 0;
  readonly #motion: MovingBox;
  readonly #votes = new Map<number, { label: string; sum: number }>();

  constructor(detection: Detection) {
    this.last = detection;
    this.score = detection.score;
    this.#motion = new MovingBox(detection.box);
    this.#vote(detection);
  }

  /** Where it is by all that is known. */
  get box(): BoxXywh {
    return this.#motion.box;
  }

  /** Of its centre, per frame. */
  get velocity(): { readonly x: number; readonly y: number } {
    return this.#motion.velocity;
  }

  /** The class with the highest sum of scores; the one that came first among equals. */
  get class(): { readonly classId: number; readonly label: string } {
    let best = { classId: this.last.classId, label: this.last.label, sum: 0 };
    for (const [classId, { label, sum }] of this.#votes) {
      if (sum > best.sum) best = { classId, label, sum };
    }
    return best;
  }

  /** Moves on in time, unseen until `find` says otherwise. */
  predict(frames: number): void {
    this.#motion.predict(frames, { keepSize: this.missed > 0 });
    this.age++;
    this.missed++;
    this.unseen += frames;
  }

  shift(shift: Shift): void {
    this.#motion.shift(shift);
  }

  /** Takes in what was found of it. */
  find(detection: Detection): void {
    const memory = scoreMemory ** this.unseen;
    this.score = memory * this.score + (1 - memory) * detection.score;
    this.#motion.correct(detection.box);
    this.#vote(detection);
    this.last = detection;
    this.hits++;
    this.missed = 0;
    this.unseen = 0;
  }

  #vote({ classId, label, score }: Detection): void {
    this.#votes.set(classId, { label, sum: (this.#votes.get(classId)?.sum ?? 0) + score });
  }
}
