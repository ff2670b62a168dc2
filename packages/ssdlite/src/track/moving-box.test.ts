import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BoxXywh } from '../detection.ts';
import { MovingBox } from './moving-box.ts';

const box: BoxXywh = { x: 100, y: 50, width: 40, height: 80 };
const seen = { keepSize: false };

/** A box that moved by the same way for some frames. */
function moved(frames: number, { dx = 0, dy = 0, grow = 0 }): MovingBox {
  const moving = new MovingBox(box);
  for (let frame = 1; frame <= frames; frame++) {
    moving.predict(1, seen);
    moving.correct({
      x: box.x + dx * frame - (grow * frame) / 2,
      y: box.y + dy * frame,
      width: box.width + grow * frame,
      height: box.height,
    });
  }
  return moving;
}

describe('a box', () => {
  test('is expected to stay where it was seen once', () => {
    const moving = new MovingBox(box);
    moving.predict(3, seen);
    expect(moving.box).toEqual(box);
  });

  test('is halfway drawn to the first measurement by their variances', () => {
    // Variances of the place, in squares of the side: (2/20)^2 known, (1/20)^2 wandered and (1/16)^2 (1 + 1/300) by the speed,
    // against (1/20)^2 measured.
    const known = 1 / 100 + 1 / 400 + 1 / 256 + 1 / (160 * 160 * 3);
    const gain = known / (known + 1 / 400);
    const moving = new MovingBox(box);
    moving.predict(1, seen);
    moving.correct({ ...box, x: 110 });
    expect(moving.box.x).toBeCloseTo(100 + 10 * gain, 9);
    expect(moving.box.y).toBe(50);
  });

  test('that moves steadily is expected farther on', () => {
    const moving = moved(60, { dx: 4, dy: -2 });
    expect(moving.velocity.x).toBeCloseTo(4, 1);
    expect(moving.velocity.y).toBeCloseTo(-2, 1);
    moving.predict(10, { keepSize: true });
    expect(moving.box.x).toBeCloseTo(100 + 70 * 4, 0);
    expect(moving.box.y).toBeCloseTo(50 - 70 * 2, 0);
  });

  test('keeps its size while it is out of sight, and never turns inside out', () => {
    const hidden = moved(20, { grow: 2 });
    const { width } = hidden.box;
    hidden.predict(10, { keepSize: true });
    expect(hidden.box.width).toBeCloseTo(width, 9);
    const shrinking = moved(19, { grow: -2 });
    shrinking.predict(100, seen);
    expect(shrinking.box.width).toBeGreaterThan(0);
  });

  test('moves with the camera without taking its speed', () => {
    const moving = moved(10, { dx: 1 });
    const before = { ...moving.box, velocity: moving.velocity };
    moving.shift({ x: 30, y: -5 });
    expect(moving.box.x).toBeCloseTo(before.x + 30, 9);
    expect(moving.box.y).toBeCloseTo(before.y - 5, 9);
    expect(moving.velocity).toEqual(before.velocity);
  });
});

test('a step of a time is the same as two steps of its parts', () => {
  const part = fc.double({ min: 0.01, max: 10, noNaN: true });
  fc.assert(
    fc.property(part, part, fc.double({ min: -50, max: 50, noNaN: true }), (first, second, jump) => {
      const whole = moved(5, { dx: 3, grow: 1 });
      const parts = moved(5, { dx: 3, grow: 1 });
      whole.predict(first + second, seen);
      parts.predict(first, seen);
      parts.predict(second, seen);
      for (const moving of [whole, parts]) moving.correct({ ...box, x: box.x + jump });
      expect(parts.box.x).toBeCloseTo(whole.box.x, 6);
      expect(parts.velocity.x).toBeCloseTo(whole.velocity.x, 6);
    }),
  );
});
