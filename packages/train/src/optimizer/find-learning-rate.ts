// The learning-rate range test (Smith 2017, Cyclical Learning Rates): how far the rate can go up before the loss does.

import { SsdliteError } from '@ssdlite/layers';
import type { Sample } from '../sample.ts';
import type { Trainer } from '../trainer.ts';

/** Loss at one learning rate. */
export interface RangePoint {
  readonly learningRate: number;
  /** Total loss before the step with that rate. */
  readonly loss: number;
  /** Moving average of the losses, without bias to the first. */
  readonly smoothed: number;
}

export interface LearningRateRange {
  readonly points: readonly RangePoint[];
  /** The rate at which the smoothed loss falls fastest: a good highest rate of a schedule. */
  readonly suggested: number;
}

/** What stays of the moving average per step. */
const smoothing = 0.9;

/** Where the test ends: the smoothed loss is so many times the lowest. */
const exploded = 2;

/**
 * Raises the rate from step to step, in equal ratios, until the loss explodes. The trainer is as before when it is done.
 *
 * @param options.batch gives the next batch
 * @throws SsdliteError `INVALID_ARGUMENT` for rates that do not rise or fewer than ten steps
 */
export async function findLearningRate(
  trainer: Trainer,
  options: {
    readonly batch: () => Promise<readonly Sample[]>;
    /** Default 1e-5. */
    readonly lowest?: number;
    /** Default 1. */
    readonly highest?: number;
    /** Default 100. */
    readonly steps?: number;
    readonly signal?: AbortSignal;
  },
): Promise<LearningRateRange> {
  const { batch, lowest = 1e-5, highest = 1, steps = 100, signal } = options;
  if (!(lowest > 0 && highest > lowest && steps >= 10)) {
    throw new SsdliteError('INVALID_ARGUMENT', `The range is ${lowest} to ${highest} in ${steps} steps.`, {
      value: { lowest, highest, steps },
      next: 'Pass a lowest rate over 0, a higher one, and at least 10 steps.',
    });
  }
  const before = trainer.state();
  const points: RangePoint[] = [];
  let average = 0;
  let least = Number.POSITIVE_INFINITY;
  try {
    for (let step = 0; step < steps && !signal?.aborted; step++) {
      const learningRate = lowest * (highest / lowest) ** (step / (steps - 1));
      const { losses } = await trainer.train(await batch(), { learningRate });
      average = average * smoothing + losses.total * (1 - smoothing);
      const smoothed = average / (1 - smoothing ** (step + 1));
      least = Math.min(least, smoothed);
      points.push({ learningRate, loss: losses.total, smoothed });
      if (smoothed > exploded * least) break;
    }
  } catch (error) {
    // That is where the test wants to go.
    if (!(error instanceof SsdliteError && error.code === 'TRAINING_DIVERGED')) throw error;
  } finally {
    trainer.restore(before);
  }
  return { points, suggested: steepest(points) };
}

function steepest(points: readonly RangePoint[]): number {
  let suggested = points[0]?.learningRate ?? 0;
  let steepestFall = 0;
  for (const [index, point] of points.entries()) {
    const fall = (points[index - 1]?.smoothed ?? point.smoothed) - point.smoothed;
    if (fall <= steepestFall) continue;
    steepestFall = fall;
    suggested = point.learningRate;
  }
  return suggested;
}
