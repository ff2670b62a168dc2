// The Kalman filter of a box that moves at nearly constant speed: where it is, where it will be, and how sure that is.

import type { BoxXywh } from '../detection.ts';

/** Standard deviation of a measured place, and of how much a place wanders in a frame, as a share of the box's side (SORT, ByteTrack). */
const placeNoise = 1 / 20;
/** The same of a speed in a frame. */
const speedNoise = 1 / 160;
/** How unsure the speed of a new box is. */
const firstSpeedNoise = 10 * speedNoise;
/** No box gets narrower than this share of what it was when it was last seen. */
const leastSide = 0.2;

/**
 * A box that is predicted and corrected. Centre and sides are filtered each on its own (nothing couples them), with noise in
 * proportion to the box's side when it was last measured: a box twice as large may stray twice as far.
 *
 * The noise is that of a speed that wanders continuously, so a step of two frames is exactly two steps of one.
 */
export class MovingBox {
  readonly #x: MovingValue;
  readonly #y: MovingValue;
  readonly #width: MovingValue;
  readonly #height: MovingValue;
  /** Of the last measurement. */
  #measured: BoxXywh;

  constructor(box: BoxXywh) {
    this.#measured = box;
    this.#x = new MovingValue(box.x + box.width / 2, box.width);
    this.#y = new MovingValue(box.y + box.height / 2, box.height);
    this.#width = new MovingValue(box.width, box.width);
    this.#height = new MovingValue(box.height, box.height);
  }

  /** Where it is by all that is known. */
  get box(): BoxXywh {
    const width = Math.max(this.#width.value, this.#measured.width * leastSide);
    const height = Math.max(this.#height.value, this.#measured.height * leastSide);
    return { x: this.#x.value - width / 2, y: this.#y.value - height / 2, width, height };
  }

  /** Of the centre, per frame. */
  get velocity(): { readonly x: number; readonly y: number } {
    return { x: this.#x.speed, y: this.#y.speed };
  }

  /**
   * Moves on in time.
   *
   * @param options.keepSize for a box that is out of sight: how it grew says little about how it will
   */
  predict(frames: number, { keepSize }: { readonly keepSize: boolean }): void {
    const { width, height } = this.#measured;
    if (keepSize) {
      this.#width.speed = 0;
      this.#height.speed = 0;
    }
    this.#x.predict(frames, width);
    this.#y.predict(frames, height);
    this.#width.predict(frames, width);
    this.#height.predict(frames, height);
  }

  /** Takes a measurement in. */
  correct(box: BoxXywh): void {
    this.#measured = box;
    this.#x.correct(box.x + box.width / 2, box.width);
    this.#y.correct(box.y + box.height / 2, box.height);
    this.#width.correct(box.width, box.width);
    this.#height.correct(box.height, box.height);
  }

  /** Moves the box where the camera moved the picture; its own speed stays. */
  shift({ x, y }: { readonly x: number; readonly y: number }): void {
    this.#x.value += x;
    this.#y.value += y;
  }
}

/** One number and its speed, with the covariance of the two. */
class MovingValue {
  value: number;
  speed = 0;
  #varianceOfValue: number;
  #covariance = 0;
  #varianceOfSpeed: number;

  /** @param side of the box, to which noise is in proportion */
  constructor(value: number, side: number) {
    this.value = value;
    this.#varianceOfValue = (2 * placeNoise * side) ** 2;
    this.#varianceOfSpeed = (firstSpeedNoise * side) ** 2;
  }

  predict(frames: number, side: number): void {
    const wander = (placeNoise * side) ** 2 * frames;
    const surge = (speedNoise * side) ** 2 * frames;
    this.value += this.speed * frames;
    this.#varianceOfValue +=
      frames * (2 * this.#covariance + frames * this.#varianceOfSpeed) + wander + (surge * frames ** 2) / 3;
    this.#covariance += frames * this.#varianceOfSpeed + (surge * frames) / 2;
    this.#varianceOfSpeed += surge;
  }

  correct(measured: number, side: number): void {
    const total = this.#varianceOfValue + (placeNoise * side) ** 2;
    const gain = this.#varianceOfValue / total;
    const speedGain = this.#covariance / total;
    const surprise = measured - this.value;
    this.value += gain * surprise;
    this.speed += speedGain * surprise;
    this.#varianceOfSpeed -= speedGain * this.#covariance;
    this.#covariance *= 1 - gain;
    this.#varianceOfValue *= 1 - gain;
  }
}
