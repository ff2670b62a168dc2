import {
  describe as describeNetwork,
  trainedWeights,
  type Weights,
  type WeightTensor,
} from '@ssdlite/layers';
import { ssdAnchors, ssdliteMobileNetV2, ssdNetwork } from 'ssdlite';
import { describe, expect, test } from 'vitest';
import { createTrainer } from './create-trainer.ts';
import { generatedTensor } from './fixtures/generated-tensor.ts';
import { goldenBoxes, readGolden } from './fixtures/read-golden.ts';
import { ourName } from './fixtures/tf-od-names.ts';
import { tfjsNodeDevice, withoutTfjsNode } from './fixtures/training-devices.ts';
import { detectionLoss, tfOdLoss } from './loss/detection-loss.ts';
import { splitNetwork } from './network/split-network.ts';
import { TrainableProgram } from './network/trainable-program.ts';
import { assignTargets } from './targets/assign-targets.ts';
import type { TrainerConfig } from './trainer-config.ts';

interface Statistics {
  readonly mean: number;
  readonly std: number;
  readonly at: readonly number[];
  readonly values: readonly number[];
}

interface WholeStep {
  readonly size: number;
  readonly imageIds: readonly number[];
  readonly key: string;
  readonly learningRate: number;
  readonly boxEncodings: Statistics;
  readonly classLogits: Statistics;
  readonly locLoss: number;
  readonly clsLoss: number;
  readonly regLoss: number;
  readonly selected: readonly (readonly number[])[];
  readonly lossesAfterStep: Readonly<Record<'locLoss' | 'clsLoss' | 'regLoss', number>>;
  readonly regularized: readonly string[];
  readonly noise: Readonly<Record<'boxEncodings' | 'classLogits' | 'locLoss' | 'clsLoss', number>>;
  /** [name, shape, norm of the gradient, its relative noise, indices, gradients there, weights there after the step]. */
  readonly variables: readonly (readonly [string, number[], number, number, number[], number[], number[]])[];
  /** [name, indices, values there after the step]. */
  readonly moving: readonly (readonly [string, number[], number[]])[];
}

const golden = readGolden<WholeStep>('tf-od/whole-step-160');
const architecture = { ...ssdliteMobileNetV2, inputSize: { height: golden.size, width: golden.size } };
const network = ssdNetwork(architecture);
const input = generatedTensor(`${golden.key}:input`, 4 * golden.size ** 2 * 3, [-1, 1]);

/** How far from TF's a number may be: ten times what TF's own moves by when weights change by 2e-7. */
const noiseFactor = 10;

/** The weights of the golden, under our names. */
function goldenWeights(): Weights {
  const shapes = new Map(trainedWeights(describeNetwork(network)).map(({ name, shape }) => [name, shape]));
  const names = [...golden.variables.map(([name]) => name), ...golden.moving.map(([name]) => name)];
  return new Map(
    names.map((variable): [string, WeightTensor] => {
      const name = ourName(variable);
      const shape = shapes.get(name);
      if (!shape) throw new Error(`${variable} is not our ${name}`);
      const length = shape.reduce((product, side) => product * side, 1);
      return [
        name,
        { shape, data: generatedTensor(`${golden.key}:${variable}`, length, rangeOf(variable, shape)) },
      ];
    }),
  );
}

function rangeOf(variable: string, shape: readonly number[]): readonly [number, number] {
  if (/gamma$|moving_variance$/.test(variable)) return [0.5, 1.5];
  if (!variable.endsWith('weights')) return [-0.2, 0.2];
  const [height = 1, width = 1, inputs = 1] = shape;
  const fanIn = height * width * (variable.endsWith('depthwise_weights') ? 1 : inputs);
  const limit = Math.sqrt(6 / fanIn);
  const high = /Predictor\/weights$/.test(variable) ? limit / 4 : limit;
  return [-high, high];
}

const weights = goldenWeights();

const config: TrainerConfig = {
  architecture,
  freeze: 'none',
  batchNorm: { statistics: 'batch', decay: 0.9997 },
  loss: tfOdLoss,
  optimizer: { name: 'rmsprop' },
  schedule: { name: 'constant', learningRate: golden.learningRate },
  l2: 4e-5,
};

const samples = golden.imageIds.map((imageId, index) => {
  const length = golden.size ** 2 * 3;
  const data = input.slice(index * length, (index + 1) * length).map((value) => (value + 1) * 127.5);
  return { imageId, pixels: { data, height: golden.size, width: golden.size }, ...goldenBoxes(imageId) };
});

test('Every variable of TF-OD has its place in our network, and none is left', () => {
  const names = trainedWeights(describeNetwork(network)).map(({ name }) => name);
  expect([...goldenWeights().keys()].sort()).toEqual(names.sort());
  expect(golden.variables.length).toBe(252);
});

describe.skipIf(withoutTfjsNode)(
  "A step of the whole network is TF-OD's, within ten times its own noise",
  () => {
    test('outputs, mined anchors and gradients', async () => {
      const device = await tfjsNodeDevice();
      const anchors = ssdAnchors(architecture);
      const program = new TrainableProgram({
        device,
        network: splitNetwork(network, () => false),
        statistics: 'batch',
      });
      const shape = [4, golden.size, golden.size, 3];
      const { result, gradients } = await program.differentiate({
        inputs: new Map([[0, { data: input, shape }]]),
        weights: goldenWeights(),
        judge: (outputs) => {
          const targets = samples.map((sample) => assignTargets(sample, anchors));
          const loss = detectionLoss(outputs, { targets, anchors, config: tfOdLoss });
          return { result: { loss, outputs }, gradients: loss.gradients };
        },
      });
      const outputs = [
        [result.outputs.boxes, golden.boxEncodings, golden.noise.boxEncodings],
        [result.outputs.logits, golden.classLogits, golden.noise.classLogits],
      ] as const;
      for (const [data, { at, values }, noise] of outputs) {
        for (const [i, place] of at.entries()) {
          expect(Math.abs((data[place] as number) - (values[i] as number))).toBeLessThan(noiseFactor * noise);
        }
      }
      expect(result.loss.selected.map((chosen) => [...chosen].sort((a, b) => a - b))).toEqual(
        golden.selected,
      );
      const regularized = new Set(golden.regularized.map(ourName));
      for (const [variable, , norm, noise, at, slopes] of golden.variables) {
        // Where noise is over a half the true gradient is 0.
        if (noise > 0.5) continue;
        const name = ourName(variable);
        const own = weights.get(name)?.data ?? new Float32Array(0);
        const l2 = regularized.has(name) ? 4e-5 : 0;
        const gradient = gradients.get(name)?.map((slope, i) => slope + l2 * (own[i] as number));
        // 1e-4: one activation that rounding moves over a bend of ReLU6 changes a head's gradient by that much.
        const bound = noiseFactor * Math.max(noise, 1e-4) * norm;
        for (const [i, place] of at.entries()) {
          expect(
            Math.abs((gradient?.[place] ?? Number.NaN) - (slopes[i] as number)),
            variable,
          ).toBeLessThanOrEqual(bound);
        }
        const ourNorm = Math.sqrt((gradient ?? own).reduce((sum, slope) => sum + slope * slope, 0));
        expect(Math.abs(ourNorm - norm), variable).toBeLessThanOrEqual(bound);
      }
      expect(device.tensorCount).toBe(0);
    });

    test('losses, weights and moving averages after a step of the trainer', async () => {
      const device = await tfjsNodeDevice();
      const trainer = await createTrainer({ config, weights, device });
      const { losses } = await trainer.train(samples);
      const near = (actual: number, expected: number, bound: number) =>
        expect(Math.abs(actual - expected)).toBeLessThan(bound);
      near(
        losses.classification,
        golden.clsLoss,
        noiseFactor * Math.abs(golden.noise.clsLoss - golden.clsLoss),
      );
      near(losses.localization, golden.locLoss, noiseFactor * 3.9e-6);
      near(losses.regularization, golden.regLoss, 1e-5);
      const { tensors } = trainer.state();
      for (const [variable, , norm, noise, at, , after] of golden.variables) {
        const data = tensors.get(ourName(variable))?.data;
        const bound = noiseFactor * Math.max(noise, 1e-6) * norm * golden.learningRate + 1e-6;
        for (const [i, place] of at.entries()) near(data?.[place] ?? Number.NaN, after[i] as number, bound);
      }
      for (const [variable, at, after] of golden.moving) {
        const data = tensors.get(ourName(variable))?.data;
        for (const [i, place] of at.entries()) near(data?.[place] ?? Number.NaN, after[i] as number, 2e-5);
      }
      const next = await trainer.train(samples);
      // Weights that differ by rounding after one step give losses that differ by a thousandth.
      near(next.losses.classification, golden.lossesAfterStep.clsLoss, 1);
      near(next.losses.localization, golden.lossesAfterStep.locLoss, 0.05);
      near(next.losses.regularization, golden.lossesAfterStep.regLoss, 1e-5);
      await trainer.dispose();
      expect(device.tensorCount).toBe(0);
    });
  },
);
