// How far the camera moved the picture between two frames, from the boxes alone.

import type { BoxXywh } from '../detection.ts';
import { boxOverlap } from './box-overlap.ts';

/** In the unit of the boxes. */
export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** Boxes on which the search leans, the largest: the time it takes grows with the square. */
const mostBoxes = 30;
/** Boxes of these that are tried on every box of the frame. */
const mostTried = 10;
/** A frame in which boxes overlap so well where they are expected, on average, needs no shift. */
const goodFit = 0.6;
/** How much better boxes must overlap with a shift, on average. */
const leastGain = 0.2;
/** Boxes that must agree on a shift; fewer may just have moved. */
const leastAgreeing = 3;
/** Boxes are of one object only if their sides differ by no more than this factor. */
const mostGrowth = 1.4;

const still: Shift = { x: 0, y: 0 };

/**
 * The shift under which boxes that are expected and boxes that were found overlap best as a whole; none unless at least three, and
 * half of those expected, agree that it is plainly better than none.
 *
 * @param expected where objects would be if the camera had stood still
 * @param canBeSame whether an expected and a found box, by their places in the lists, may be of one object
 */
export function cameraShift(
  expected: readonly BoxXywh[],
  found: readonly BoxXywh[],
  canBeSame: (expected: number, found: number) => boolean,
): Shift {
  const leaders = expected
    .map((box, index) => ({ box, index }))
    .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
    .slice(0, mostBoxes);
  if (leaders.length < leastAgreeing || found.length < leastAgreeing) return still;

  const overlapsUnder = (shift: Shift): number[] =>
    leaders.map(({ box, index }) => {
      const moved = { ...box, x: box.x + shift.x, y: box.y + shift.y };
      let best = 0;
      for (const [other, candidate] of found.entries()) {
        if (canBeSame(index, other)) best = Math.max(best, boxOverlap(moved, candidate));
      }
      return best;
    });

  const unmoved = mean(overlapsUnder(still));
  if (unmoved >= goodFit) return still;
  let best = { shift: still, fit: unmoved, agreeing: 0 };
  for (const { box, index } of leaders.slice(0, mostTried)) {
    for (const [other, candidate] of found.entries()) {
      if (!canBeSame(index, other) || !ofOneSize(box, candidate)) continue;
      const shift = between(box, candidate);
      const overlaps = overlapsUnder(shift);
      const fit = mean(overlaps);
      if (fit > best.fit) {
        best = { shift, fit, agreeing: overlaps.filter((overlap) => overlap >= goodFit).length };
      }
    }
  }
  const enough = Math.max(leastAgreeing, leaders.length / 2);
  return best.agreeing >= enough && best.fit >= unmoved + leastGain ? best.shift : still;
}

function ofOneSize(a: BoxXywh, b: BoxXywh): boolean {
  const growths = [a.width / b.width, b.width / a.width, a.height / b.height, b.height / a.height];
  return Math.max(...growths) <= mostGrowth;
}

/** From centre to centre. */
function between(from: BoxXywh, to: BoxXywh): Shift {
  return {
    x: to.x + to.width / 2 - from.x - from.width / 2,
    y: to.y + to.height / 2 - from.y - from.height / 2,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
