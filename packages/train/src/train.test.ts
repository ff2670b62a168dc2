import { ssdliteMobileNetV2 } from 'ssdlite';
import { readDetectorWeights } from 'ssdlite/node';
import { describe, expect, test } from 'vitest';
import { drawnPictures } from './fixtures/drawn-pictures.ts';
import { cpuDevice, tfjsNodeDevice, withoutTfjsNode } from './fixtures/training-devices.ts';
import { findLearningRate } from './optimizer/find-learning-rate.ts';
import type { Sample } from './sample.ts';
import { startTraining } from './start/start-training.ts';
import { type TrainOptions, type TrainStep, train } from './train.ts';

const tiny = {
  ...ssdliteMobileNetV2,
  alpha: 0.05,
  shrinkLast: true,
  inputSize: { height: 64, width: 64 },
  extraDepths: [32, 32],
};

/** The least that has all kinds of layers. */
const smallest = { inputSize: { height: 40, width: 40 }, extraDepths: [32] };

async function steps(options: TrainOptions): Promise<TrainStep[]> {
  const all: TrainStep[] = [];
  for await (const step of train(options)) all.push(step);
  return all;
}

async function firstSamples(count: number): Promise<Sample[]> {
  const dataset = drawnPictures({ count, seed: 3 });
  return Promise.all(Array.from({ length: count }, (_, index) => dataset.sample(index, { epoch: 0 })));
}

describe.skipIf(withoutTfjsNode)('Training on tfjs-node', () => {
  const dataset = drawnPictures({ count: 24, seed: 1 });

  test('a run that is broken off goes on to the same losses, with averages and accumulation', async () => {
    const device = await tfjsNodeDevice();
    const options = {
      dataset,
      device,
      from: 'scratch',
      architecture: tiny,
      steps: 8,
      batchSize: 4,
      seed: 5,
      config: { averageDecay: 0.9, accumulate: 2, clipNorm: 5 },
    } as const;
    const unbroken = await steps(options);
    const controller = new AbortController();
    const first: TrainStep[] = [];
    for await (const step of train({ ...options, signal: controller.signal })) {
      first.push(step);
      if (first.length === 3) controller.abort();
    }
    expect(first.map(({ step }) => step)).toEqual([0, 1, 2]);
    const { training, place } = first.at(-1) as TrainStep;
    const rest = await steps({ ...options, resume: { state: training.trainer.state(), place } });
    const losses = [...first, ...rest].map(({ loss }) => loss);
    expect(losses).toHaveLength(8);
    for (const [index, { loss }] of unbroken.entries()) expect(losses[index]).toBeCloseTo(loss, 6);
  });

  test('a state of other classes is refused', async () => {
    const device = await tfjsNodeDevice();
    const options = { dataset, device, from: 'scratch', architecture: tiny, steps: 1 } as const;
    const { trainer } = await startTraining(options);
    const other = await startTraining({ ...options, dataset: { ...dataset, classes: ['square'] } });
    expect(() => trainer.restore(other.trainer.state())).toThrow(
      expect.objectContaining({ code: 'RUN_MISMATCH' }),
    );
  });

  test('a rate that explodes stops the run, with the weights of the step before', async () => {
    const device = await tfjsNodeDevice();
    const { trainer } = await startTraining({
      dataset,
      device,
      from: 'scratch',
      architecture: tiny,
      steps: 50,
      config: { optimizer: { name: 'sgd' }, schedule: { name: 'constant', learningRate: 1e30 } },
    });
    const batch = await firstSamples(4);
    const run = async () => {
      for (let step = 0; step < 50; step++) await trainer.train(batch);
    };
    await expect(run()).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      next: expect.stringContaining('learning rate'),
    });
    expect(device.tensorCount).toBe(0);
  });

  test('the range test finds a rate between its bounds, and leaves the trainer as it was', async () => {
    const device = await tfjsNodeDevice();
    const { trainer } = await startTraining({
      dataset,
      device,
      from: 'scratch',
      architecture: tiny,
      steps: 50,
    });
    const before = trainer.state();
    const batch = await firstSamples(8);
    const { points, suggested } = await findLearningRate(trainer, {
      batch: async () => batch,
      steps: 40,
      highest: 10,
    });
    expect(points.length).toBeGreaterThan(10);
    expect(suggested).toBeGreaterThan(1e-5);
    expect(suggested).toBeLessThan(10);
    expect(trainer.state()).toEqual(before);
  });

  test('batch norm that is put back changes nothing in what the detector says', async () => {
    const device = await tfjsNodeDevice();
    const coco = await readDetectorWeights();
    const data = drawnPictures({ count: 8, seed: 2 });
    const training = await startTraining({
      dataset: { ...data, classes: ['cup', 'dog'] },
      device,
      from: coco,
      steps: 10,
      config: { batchNorm: { statistics: 'batch', decay: 0.9 } },
    });
    expect(training.shared).toEqual(['cup', 'dog']);
    const { weights } = training.candidate();
    for (const [name, { data: numbers }] of coco.weights) {
      const restored = weights.get(name)?.data;
      if (/class_head_\d_project/.test(name)) continue;
      const worst = numbers.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (restored?.[i] ?? Number.NaN))),
        0,
      );
      const scale = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(worst, name).toBeLessThan(1e-5 * Math.max(scale, 1));
    }
  });

  test('kernels that a pass sees as int8 are near to the exact ones, and the exact ones learn', async () => {
    const device = await tfjsNodeDevice();
    // Only kernels of 20,000 weights and more become int8.
    const architecture = { ...tiny, shrinkLast: false };
    const options = { dataset, device, from: 'scratch', architecture, steps: 4, batchSize: 4 } as const;
    const exact = await steps(options);
    const aware = await steps({ ...options, config: { quantizationAware: true } });
    expect(aware[0]?.loss).not.toBe(exact[0]?.loss);
    for (const [index, { loss }] of exact.entries())
      expect(Math.abs((aware[index]?.loss ?? 0) / loss - 1)).toBeLessThan(0.1);
  });

  test('a thousand steps leave no tensor on the device and memory as it was', {
    timeout: 300_000,
  }, async () => {
    const device = await tfjsNodeDevice();
    // MobileNetV1 has half the layers.
    const architecture = { ...tiny, ...smallest, backbone: 'mobilenet-v1' } as const;
    const { trainer } = await startTraining({ dataset, device, from: 'scratch', architecture, steps: 1000 });
    const batch = await firstSamples(2);
    let early = 0;
    for (let step = 0; step < 1000; step++) {
      await trainer.train(batch);
      expect(device.tensorCount).toBe(0);
      if (step === 300) early = process.memoryUsage().rss;
    }
    expect(process.memoryUsage().rss - early).toBeLessThan(100 * 2 ** 20);
  });
});

test('Training works on the plain cpu backend too, with the same losses as on tfjs-node', async () => {
  const architecture = { ...tiny, ...smallest };
  const options = {
    dataset: drawnPictures({ count: 2, seed: 1 }),
    from: 'scratch',
    architecture,
    steps: 2,
    batchSize: 2,
  } as const;
  const onCpu = await steps({ ...options, device: await cpuDevice() });
  expect(onCpu.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  if (withoutTfjsNode) return;
  const onNode = await steps({ ...options, device: await tfjsNodeDevice() });
  for (const [index, { loss }] of onCpu.entries()) expect(onNode[index]?.loss).toBeCloseTo(loss, 2);
});

test('Settings out of range are refused before anything runs', async () => {
  const device = await cpuDevice();
  const dataset = drawnPictures({ count: 2, seed: 1 });
  const wrong = [
    { accumulate: 0 },
    { clipNorm: -1 },
    { averageDecay: 1 },
    { l2: Number.NaN },
    { schedule: { name: 'constant', learningRate: 0 } },
    { loss: { classification: 'softmax', backgroundAsZeros: true } },
    { freeze: 'block_12_projekt' },
  ] as const;
  for (const config of wrong) {
    const started = startTraining({ dataset, device, from: 'scratch', architecture: tiny, steps: 1, config });
    await expect(started).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  }
});

test('A box without area, a class beyond the columns and pixels that do not fit are refused', async () => {
  const { trainer } = await startTraining({
    dataset: drawnPictures({ count: 2, seed: 1 }),
    device: await cpuDevice(),
    from: 'scratch',
    architecture: tiny,
    steps: 1,
  });
  const [sample] = (await firstSamples(1)) as [Sample];
  const one = { ...sample, boxes: Float32Array.of(0.1, 0.1, 0.5, 0.5), classes: Int32Array.of(1) };
  const wrong: Partial<Sample>[] = [
    { boxes: Float32Array.of(0.5, 0.1, 0.5, 0.4) },
    { boxes: Float32Array.of(0.1, Number.NaN, 0.5, 0.4) },
    { classes: Int32Array.of(3) },
    { classes: Int32Array.of(0) },
    { pixels: { ...sample.pixels, width: 5 } },
  ];
  for (const fault of wrong) {
    await expect(trainer.train([{ ...one, ...fault }])).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  }
});
