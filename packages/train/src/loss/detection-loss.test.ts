import { ssdAnchors, ssdliteMobileNetV2 } from 'ssdlite';
import { describe, expect, test } from 'vitest';
import { generatedTensor } from '../fixtures/generated-tensor.ts';
import { goldenBoxes, readGolden } from '../fixtures/read-golden.ts';
import { assignTargets } from '../targets/assign-targets.ts';
import { tfOdHardNegatives } from '../targets/mine-hard-examples.ts';
import type { LossConfig } from '../trainer-config.ts';
import { detectionLoss, tfOdLoss } from './detection-loss.ts';

interface GradientGolden {
  readonly norm: number;
  readonly sum: number;
  readonly nonZero: number;
  readonly at: readonly number[];
  readonly values: readonly number[];
}

interface LossCase {
  readonly name: string;
  readonly variant: string;
  readonly imageIds: readonly number[];
  readonly key: string;
  readonly boxPredictions: 'uniform' | 'coincident';
  readonly clsLoss: number;
  readonly locLoss: number;
  readonly normalizer: number;
  readonly selected?: readonly (readonly number[])[];
  readonly gradBox: GradientGolden;
  readonly gradClass: GradientGolden;
}

const anchors = ssdAnchors(ssdliteMobileNetV2);
const count = anchors.length / 4;
const { cases } = readGolden<{ readonly cases: readonly LossCase[] }>('tf-od/losses');
const focal: LossConfig = {
  classification: 'focal',
  focalAlpha: 0.25,
  focalGamma: 2,
  hardNegatives: undefined,
};
const variants: Readonly<Record<string, LossConfig>> = {
  ssdlite: tfOdLoss,
  focal,
  'focal, TF2 style': { ...focal, backgroundAsZeros: true, normalizeByCodeSize: true },
  'other weights': {
    classification: 'sigmoid',
    localizationWeight: 2,
    smoothL1Delta: 0.5,
    hardNegatives: { ...tfOdHardNegatives, perPositive: 5, atLeast: 10 },
  },
};

/** The targets and the generated predictions of a case. */
function batchOf({ imageIds, key, boxPredictions }: LossCase) {
  const targets = imageIds.map((id) => assignTargets(goldenBoxes(id), anchors));
  const size = imageIds.length * count;
  const coincident = boxPredictions === 'coincident';
  const boxes = generatedTensor(`${key}:box`, size * 4, coincident ? [-1, 1] : [-4, 4]);
  if (coincident) {
    for (const [image, { positives, codes }] of targets.entries()) {
      for (const [index, anchor] of positives.entries()) {
        const at = (image * count + anchor) * 4;
        boxes.set(codes.subarray(index * 4, index * 4 + 4), at);
        if (anchor % 2 === 1) boxes[at + 2] = (boxes[at + 2] as number) + 0.75;
      }
    }
  }
  return { targets, boxes, logits: generatedTensor(`${key}:class`, size * 91, [-4, 4]) };
}

function expectNear(actual: number, expected: number): void {
  // 1e-7: a float32 code of size 10, rounded, divided by the number of matches.
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-5 * Math.abs(expected) + 1e-7);
}

function expectGradient(actual: Float32Array, golden: GradientGolden): void {
  expect(actual.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0)).toBe(golden.nonZero);
  expectNear(Math.sqrt(actual.reduce((sum, value) => sum + value * value, 0)), golden.norm);
  for (const [index, at] of golden.at.entries())
    expectNear(actual[at] as number, golden.values[index] as number);
}

describe('Losses, mined anchors and gradients of TF-OD', () => {
  test.each(cases.map((golden) => [`${golden.name} (${golden.variant})`, golden]))('%s', (_, golden) => {
    const { targets, boxes, logits } = batchOf(golden);
    const config = variants[golden.variant] as LossConfig;
    const loss = detectionLoss({ boxes, logits }, { targets, anchors, config });
    expectNear(loss.classification, golden.clsLoss);
    expectNear(loss.localization, golden.locLoss);
    expect(Math.max(loss.positives, 1)).toBe(golden.normalizer);
    if (golden.selected) {
      expect(loss.selected.map((chosen) => [...chosen].sort((a, b) => a - b))).toEqual(golden.selected);
    }
    expectGradient(loss.gradients.boxes, golden.gradBox);
    expectGradient(loss.gradients.logits, golden.gradClass);
  });
});

describe('Gradients are the slopes of the loss', () => {
  const pair = Float32Array.of(0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1);
  const targets = [
    assignTargets({ boxes: Float32Array.of(0.1, 0, 0.6, 0.5), classes: Int32Array.of(2) }, pair),
  ];
  const configs: LossConfig[] = [
    { classification: 'sigmoid', hardNegatives: undefined },
    { classification: 'softmax', hardNegatives: undefined, smoothL1Delta: 0.3 },
    { classification: 'focal', hardNegatives: undefined, focalGamma: 1.5 },
    { classification: 'focal', hardNegatives: undefined, focalAlpha: 0.25, backgroundAsZeros: true },
  ];
  test.each(configs.map((config) => [JSON.stringify(config), config]))('%s', (_, config) => {
    const outputs = { boxes: generatedTensor('b', 8, [-2, 2]), logits: generatedTensor('l', 6, [-3, 3]) };
    const at = (changed: typeof outputs) => {
      const { classification, localization, gradients } = detectionLoss(changed, {
        targets,
        anchors: pair,
        config,
      });
      return { loss: classification + localization, gradients };
    };
    const { gradients } = at(outputs);
    for (const name of ['boxes', 'logits'] as const) {
      for (const [index, value] of outputs[name].entries()) {
        const moved = (by: number) => {
          const copy = outputs[name].slice();
          copy[index] = value + by;
          return { loss: at({ ...outputs, [name]: copy }).loss, to: copy[index] as number };
        };
        const [up, down] = [moved(1 / 64), moved(-1 / 64)];
        const slope = (up.loss - down.loss) / (up.to - down.to);
        expect(gradients[name][index]).toBeCloseTo(slope, 3);
      }
    }
  });
});

test('Softmax of equal logits over three columns costs log 3 for each of two anchors', () => {
  const pair = Float32Array.of(0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1);
  const targets = [
    assignTargets({ boxes: Float32Array.of(0, 0, 0.5, 0.5), classes: Int32Array.of(1) }, pair),
  ];
  const config: LossConfig = { classification: 'softmax', hardNegatives: undefined };
  const loss = detectionLoss(
    { boxes: new Float32Array(8), logits: new Float32Array(6) },
    { targets, anchors: pair, config },
  );
  expect(loss.classification).toBeCloseTo(2 * Math.log(3), 6);
  expect(loss.localization).toBe(0);
});
