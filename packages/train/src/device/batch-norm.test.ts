import { describe, expect, test } from 'vitest';
import { generatedTensor } from '../fixtures/generated-tensor.ts';
import { readGolden } from '../fixtures/read-golden.ts';
import { cpuDevice, tfjsNodeDevice, withoutTfjsNode } from '../fixtures/training-devices.ts';
import type { TrainingDevice } from './training-device.ts';

interface BatchNormCase {
  readonly name: string;
  readonly shape: readonly number[];
  readonly key: string;
  readonly range: readonly [number, number];
  readonly fused: boolean;
  readonly decay: number;
  readonly epsilon: number;
  readonly gamma: readonly number[];
  readonly beta: readonly number[];
  readonly steps: readonly Readonly<
    Record<'movingMean' | 'movingVariance' | 'output' | 'gradX' | 'gradGamma' | 'gradBeta', readonly number[]>
  >[];
}

// Where it is not fused, TF gives the biased variance to the moving average; we always give the other.
const cases = readGolden<{ readonly cases: readonly BatchNormCase[] }>('tf-od/batch-norm').cases.filter(
  ({ fused }) => fused,
);

async function checkSteps(device: TrainingDevice, golden: BatchNormCase): Promise<void> {
  const { shape, key, range, decay, epsilon, steps } = golden;
  const length = shape.reduce((product, side) => product * side, 1);
  const channels = [golden.gamma.length];
  const [gamma, beta] = [golden.gamma, golden.beta].map((data) =>
    device.upload(Float32Array.from(data), channels),
  );
  if (!gamma || !beta) throw new Error('unreachable');
  let mean = golden.gamma.map(() => 0);
  let variance = golden.gamma.map(() => 1);
  for (const [index, expected] of steps.entries()) {
    const x = device.upload(generatedTensor(`${key}:${index + 1}`, length, range), shape);
    const made = device.batchNorm(x, { gamma, beta, epsilon });
    // The slope of sum(y * y) / 2 is y itself.
    const { dx, dgamma, dbeta } = device.batchNormGradient(made.y, { x, gamma, epsilon, saved: made.saved });
    const near = async (tensor: typeof dx, numbers: readonly number[]) => {
      const values = (await device.read(tensor)).subarray(0, numbers.length);
      for (const [i, number] of numbers.entries()) expect(values[i]).toBeCloseTo(number, 5);
    };
    await near(made.y, expected.output);
    await near(dx, expected.gradX);
    await near(dgamma, expected.gradGamma);
    await near(dbeta, expected.gradBeta);
    const blend = async (moving: number[], batch: typeof dx) => {
      const values = await device.read(batch);
      return moving.map((value, i) => value * decay + (values[i] as number) * (1 - decay));
    };
    mean = await blend(mean, made.mean);
    variance = await blend(variance, made.variance);
    for (const [i, value] of expected.movingMean.entries()) expect(mean[i]).toBeCloseTo(value, 6);
    for (const [i, value] of expected.movingVariance.entries()) expect(variance[i]).toBeCloseTo(value, 6);
    for (const tensor of [x, made.y, made.mean, made.variance, ...made.saved, dx, dgamma, dbeta])
      device.release(tensor);
  }
  for (const tensor of [gamma, beta]) device.release(tensor);
  expect(device.tensorCount).toBe(0);
}

describe("Batch norm in training mode is TF's fused one, moving averages included", () => {
  test.each(cases.map((golden) => [golden.name, golden]))('%s, on the cpu backend', async (_, golden) => {
    await checkSteps(await cpuDevice(), golden);
  });

  test.skipIf(withoutTfjsNode).each(cases.map((golden) => [golden.name, golden]))(
    '%s, on tfjs-node',
    async (_, golden) => {
      await checkSteps(await tfjsNodeDevice(), golden);
    },
  );
});
