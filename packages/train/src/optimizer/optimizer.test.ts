import { describe, expect, test } from 'vitest';
import { readGolden } from '../fixtures/read-golden.ts';
import { createOptimizer } from './create-optimizer.ts';
import type { OptimizerConfig } from './optimizer.ts';

interface RmsPropCase {
  readonly learningRate: number;
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered?: boolean;
  readonly init: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly steps: readonly Readonly<Record<'value' | 'rms' | 'momentum', readonly number[]>>[];
}

const { cases } = readGolden<{ readonly cases: readonly RmsPropCase[] }>('tf-od/rmsprop');

function expectClose(actual: Float32Array | undefined, expected: readonly number[]): void {
  expect(actual?.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual?.[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(
      1e-6 * Math.max(Math.abs(value), 1),
    );
  }
}

describe("RMSProp is TensorFlow 1's, slots included", () => {
  test.each(
    cases.map((golden) => [
      `epsilon ${golden.epsilon}, momentum ${golden.momentum}, decay ${golden.decay}${golden.centered ? ', centred' : ''}`,
      golden,
    ]),
  )('%s', (_, { learningRate, init, gradients, steps, centered = false, ...config }) => {
    const optimizer = createOptimizer({ name: 'rmsprop', centred: centered, ...config });
    const weights = Float32Array.from(init);
    const slots = optimizer.slots(weights.length);
    for (const [step, gradient] of gradients.entries()) {
      optimizer.apply({ weights, gradient: Float32Array.from(gradient), slots, learningRate, step });
      expectClose(weights, steps[step]?.value ?? []);
      expectClose(slots.rms, steps[step]?.rms ?? []);
      expectClose(slots.momentum, steps[step]?.momentum ?? []);
    }
  });
});

/** One weight from 1, with the gradients 1, 1, -2. */
function walk(config: OptimizerConfig): number[] {
  const optimizer = createOptimizer(config);
  const weights = Float32Array.of(1);
  const slots = optimizer.slots(1);
  return [1, 1, -2].map((g, step) => {
    optimizer.apply({ weights, gradient: Float32Array.of(g), slots, learningRate: 0.1, step });
    return Number((weights[0] as number).toFixed(5));
  });
}

test('SGD with momentum 0.5: velocities 1, 1.5, -1.25', () => {
  expect(walk({ name: 'sgd', momentum: 0.5 })).toEqual([0.9, 0.75, 0.875]);
});

test('Nesterov looks ahead: 1.5, 1.75, -2.625', () => {
  expect(walk({ name: 'sgd', momentum: 0.5, nesterov: true })).toEqual([0.85, 0.675, 0.9375]);
});

test("Adam's first steps are the learning rate long, whatever the gradient", () => {
  // Third: m = (0.9 * 0.19 - 0.2) / 0.271, v = (0.999 * 0.001999 + 0.004) / 0.002997001
  expect(walk({ name: 'adam' })).toEqual([0.9, 0.8, 0.80757]);
});
