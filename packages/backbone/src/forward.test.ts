// The forward pass on both interpreters against Keras' own in float64, and against PyTorch's rules, with generated weights.

import { createHash } from 'node:crypto';
import {
  describe as describeNetwork,
  foldBatchNorm,
  foldedWeights,
  type Network,
  type Weights,
} from '@ssdlite/layers';
import { describe, expect, test } from 'vitest';
import { buildBackbone, takeFeatures } from './backbone.ts';
import { type ClassifierConfig, classifierHead } from './classifier-network.ts';
import type { Dialect } from './dialect.ts';
import { generatedImage, generatedWeight, generatedWeights } from './fixtures/generated-weights.ts';
import {
  type ForwardGolden,
  type MapGolden,
  readFixture,
  readGolden,
  withoutGoldens,
} from './fixtures/goldens.ts';
import { type Run, runOnnx, runTfjs } from './fixtures/run-network.ts';

const interpreters: [name: string, run: Run][] = [
  ['TensorFlow.js', runTfjs],
  ['ONNX Runtime', runOnnx],
];

/** What the network is run for: the classifier's outputs, and the maps that a golden has. */
function networkOf(golden: ForwardGolden): Network {
  const [, height, width] = golden.input;
  const backbone = golden.net === 'v1' ? 'mobilenet-v1' : 'mobilenet-v2';
  const config: ClassifierConfig = {
    backbone,
    alpha: golden.alpha,
    dialect: dialectOf(golden),
    inputSize: { height, width },
    classes: golden.classes,
  };
  const { last, dense } = classifierHead[backbone];
  return {
    input: { height, width, channels: 3 },
    build(layers, image) {
      const names = [...golden.features.map(({ layer }) => mapName(layer)), last];
      const maps = takeFeatures(buildBackbone(layers, image, config), names);
      const features = maps[last] as typeof image;
      const pooled = layers.globalAveragePool('pool', features);
      const logits = layers.dense(dense, pooled, { units: golden.classes });
      return { ...maps, pooled, logits, probabilities: layers.softmax('softmax', logits) };
    },
  };
}

function dialectOf({ net }: ForwardGolden): Dialect {
  return net === 'v1' ? 'keras-bottom-right' : net === 'v2' ? 'keras' : 'pytorch';
}

/** torchvision numbers its stages: `features.0` the first convolution, 1 to 17 the blocks, 18 the last convolution. */
function mapName(layer: string): string {
  const stage = /^features\.(\d+)$/.exec(layer)?.[1];
  if (stage === undefined) return layer;
  if (stage === '0') return 'Conv1_relu';
  if (stage === '18') return 'out_relu';
  const block = Number(stage) - 1;
  if (block === 0) return 'expanded_conv_project_BN';
  return [1, 3, 6, 10, 13, 16].includes(block) ? `block_${block}_project_BN` : `block_${block}_add`;
}

async function expectLike(golden: ForwardGolden, run: Run): Promise<void> {
  const network = networkOf(golden);
  const description = describeNetwork(network);
  const weights: Weights = foldBatchNorm(description, generatedWeights(network, { seed: golden.seed }));
  expect(foldedWeights(description).map(({ name }) => name)).toEqual([...weights.keys()]);
  const [batch, height, width] = golden.input;
  const image = generatedImage({ seed: golden.seed, batch, height, width });
  const outputs = await run({ network, weights, image, batch });

  const { logits, probabilities, pooled } = outputs;
  for (let n = 0; n < batch; n++) {
    const at = (index: number): number => n * golden.classes + index;
    expectNear(
      golden.classIndices.map((index) => logits?.[at(index)]),
      golden.logits[n],
      1e-3,
    );
    expectNear(
      golden.classIndices.map((index) => probabilities?.[at(index)]),
      golden.probabilities[n],
      1e-4,
    );
    const scores = [...(probabilities ?? [])].slice(at(0), at(golden.classes));
    expect(scores.indexOf(Math.max(...scores))).toBe(golden.argmax[n]);
  }
  expectMap(pooled, golden.pooled);
  for (const map of golden.features) expectMap(outputs[mapName(map.layer)], map);
}

function expectMap(data: Float32Array | undefined, golden: Omit<MapGolden, 'layer'>): void {
  const values = data ?? new Float32Array();
  expect(values.length).toBe(golden.shape.reduce((product, side) => product * side, 1));
  expectNear(
    golden.at.map((index) => values[index]),
    golden.values,
    1e-3,
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expectNear([mean, Math.sqrt(variance)], [golden.mean, golden.std], 1e-3);
}

function expectNear(
  actual: readonly (number | undefined)[],
  expected: readonly number[] | undefined,
  tolerance: number,
): void {
  expect(actual.length).toBe(expected?.length);
  const errors = actual.map((value, index) =>
    Math.abs((value ?? Number.NaN) - (expected?.[index] ?? Number.NaN)),
  );
  for (const error of errors) expect(error).toBeLessThan(tolerance);
}

describe.each(interpreters)('%s computes what the original computes:', (_, run) => {
  test.each(['v2-a035-96-c10-batch2', 'v1-a025-96-c10-batch2', 'torch-a035-96-c10'])('%s', (name) =>
    expectLike(readFixture(`forward/${name}.json`), run),
  );

  describe.skipIf(withoutGoldens)(`more:`, () => {
    test.each([
      'forward/v2-a035-97x131-c10',
      'forward/v2-a050-160x224-c10',
      'forward/v2-a100-160-c10',
      'forward/v2-a100-224-c1000',
      'forward/v2-a140-96-c1000',
      'forward/v1-a100-224-c1000',
      'torch/torch-a100-224-c1000',
    ])('%s', (name) => expectLike(readGolden(`${name}.json`), run));
  });
});

test.skipIf(withoutGoldens)(`Weights are generated as for the reference results`, () => {
  const checks = readGolden<Check[]>('generator_check.json');
  for (const check of checks) {
    const data = 'image' in check ? imageOf(check) : generatedWeight({ ...check, name: check.weight }).data;
    expect([...data.slice(0, check.first.length)]).toEqual(check.first);
    expect(createHash('sha256').update(data).digest('hex')).toBe(check.sha256);
  }
  expect(checks.length).toBeGreaterThan(3);
});

type Check = { readonly seed: number; readonly first: readonly number[]; readonly sha256: string } & (
  | { readonly layer: string; readonly weight: string; readonly shape: readonly number[] }
  | { readonly image: readonly [batch: number, height: number, width: number] }
);

function imageOf({ seed, image: [batch, height, width] }: Extract<Check, { image: unknown }>): Float32Array {
  return generatedImage({ seed, batch, height, width });
}
