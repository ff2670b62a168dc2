import { describe, expect, test } from 'vitest';
import { readGolden } from '../fixtures/read-golden.ts';
import { createSchedule } from './create-schedule.ts';
import type { ScheduleConfig } from './schedule.ts';

interface RateCase {
  readonly name: string;
  readonly values: readonly (readonly [step: number, rate: number])[];
}

const { cases } = readGolden<{ readonly cases: readonly RateCase[] }>('tf-od/learning-rates');
const cosine = {
  name: 'cosine',
  learningRate: 0.04,
  totalSteps: 2000,
  warmUpLearningRate: 0.013333,
  warmUpSteps: 500,
} as const;
const fast = { name: 'exponential', learningRate: 0.1, decaySteps: 100, decayFactor: 0.5 } as const;
const configs: Readonly<Record<string, ScheduleConfig>> = {
  ssdlite_mobilenet_v2_coco: {
    name: 'exponential',
    learningRate: 0.004,
    decaySteps: 800_720,
    decayFactor: 0.95,
  },
  staircase: fast,
  'no staircase': { ...fast, staircase: false },
  'burn-in and floor': { ...fast, burnInLearningRate: 0.02, burnInSteps: 30, minLearningRate: 0.03 },
  'cosine with warm-up': cosine,
  'cosine with warm-up and hold': { ...cosine, holdSteps: 300 },
  'manual steps': {
    name: 'manual',
    learningRate: 0.1,
    changes: [
      { step: 10, learningRate: 0.01 },
      { step: 20, learningRate: 0.001 },
    ],
  },
};

describe("Learning rates are TF-OD's", () => {
  test.each(cases.map(({ name, values }) => [name, values] as const))('%s', (name, values) => {
    const schedule = createSchedule(configs[name] as ScheduleConfig);
    // TF computes in float32: near its end a cosine is a difference of nearly equal numbers.
    for (const [step, rate] of values)
      expect(Math.abs(schedule(step) - rate)).toBeLessThan(1e-6 * Math.max(rate, 0.04));
  });
});
