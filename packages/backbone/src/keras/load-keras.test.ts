import { describe as describeNetwork, foldBatchNorm } from '@ssdlite/layers';
import { describe, expect, test } from 'vitest';
import { classifierNetwork, featureNetwork } from '../classifier-network.ts';
import { type ClassifierWeights, requireHead } from '../classifier-weights.ts';
import { expectSameWeights } from '../fixtures/expect-same-weights.ts';
import { generatedImage, generatedWeights } from '../fixtures/generated-weights.ts';
import { type ForwardGolden, goldenBytes, readGolden, withoutGoldens } from '../fixtures/goldens.ts';
import { kerasFile, kerasOutputs, tfjsModel } from '../fixtures/keras-files.ts';
import { runOnnx, runTfjs } from '../fixtures/run-network.ts';
import { minusOneToOne } from '../normalization.ts';
import { loadKeras } from './load-keras.ts';

const step = 1 / 64;

/** What the classifier says of a generated picture. */
async function run({ config, weights }: ClassifierWeights, batch = 1): Promise<Record<string, Float32Array>> {
  const network = classifierNetwork(config);
  const folded = foldBatchNorm(describeNetwork(network), weights);
  const image = generatedImage({ seed: 1, batch, ...config.inputSize });
  return runOnnx({ network, weights: folded, image, batch });
}

function expectNear(
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(actual?.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs((actual?.[i] ?? Number.NaN) - (expected[i] ?? Number.NaN))).toBeLessThan(tolerance);
  }
}

/** What `model.predict` of Keras gave for the pixels (index * 37) % 256 of a 32 x 32 picture. */
const answers: [file: string, probabilities: [number, number, number]][] = [
  ['keras2.h5', [0.0018770966, 0.361920476, 0.6362023354]],
  ['keras2.keras', [0.0018770966, 0.361920476, 0.6362023354]],
  ['keras2.weights.h5', [0.0018770966, 0.361920476, 0.6362023354]],
  ['keras2-v1.h5', [0.3488258719, 0.3651787639, 0.2859954238]],
  ['keras3.h5', [0.0018770694, 0.3619062006, 0.6362167597]],
  ['keras3.keras', [0.0018770694, 0.3619062006, 0.6362167597]],
  ['keras3.weights.h5', [0.0018770694, 0.3619062006, 0.6362167597]],
  ['keras3-v1.h5', [0.3664365709, 0.3250142932, 0.3085491657]],
];

test.each(answers)(
  'A Sequential of rescaling, a nested MobileNet and a head of its own in %s',
  async (file, expected) => {
    const loaded = await loadKeras({ bytes: kerasFile(file), inputSize: { height: 32, width: 32 } });
    const { config, weights, normalization } = requireHead(loaded);
    expect(config).toMatchObject({ classes: 3, scores: 'softmax', inputSize: { height: 32, width: 32 } });
    expectNear(normalization.scale, minusOneToOne.scale, 1e-12);
    expectNear(normalization.shift, minusOneToOne.shift, 1e-12);
    const image = Float32Array.from({ length: 32 * 32 * 3 }, (_, index) => ((index * 37) % 256) / 127.5 - 1);
    const network = classifierNetwork(config);
    const folded = foldBatchNorm(describeNetwork(network), weights);
    for (const interpret of [runTfjs, runOnnx]) {
      const { probabilities } = await interpret({ network, weights: folded, image, batch: 1 });
      // Keras' own versions differ by 1.5e-5 on these weights.
      expectNear(probabilities, expected, 1e-4);
    }
  },
);

test.each(['keras2-v1.keras', 'keras2-v1-weights.h5'])('A MobileNetV1 of Keras 2 in %s', async (name) => {
  const inputSize = { height: 64, width: 64 };
  const bytes = kerasFile(name);
  const loaded = requireHead(await loadKeras(name.endsWith('.keras') ? { bytes } : { bytes, inputSize }));
  expect(loaded.config).toEqual({
    backbone: 'mobilenet-v1',
    alpha: 0.1,
    dialect: 'keras-bottom-right',
    inputSize,
    classes: 4,
    scores: 'softmax',
  });
  expectSameWeights(loaded.weights, generatedWeights(classifierNetwork(loaded.config), { seed: 1, step }));
  expectNear((await run(loaded)).probabilities, kerasOutputs[name]?.output ?? [], 1e-5);
});

test('The model of the transfer learning tutorial in Keras 3: augmentation, preprocess_input, one sigmoid unit', async () => {
  const name = 'keras3-v2-tutorial.keras';
  const loaded = requireHead(await loadKeras({ bytes: kerasFile(name) }));
  // One unit tells two classes apart.
  expect(loaded.config).toMatchObject({ classes: 2, scores: 'softmax', alpha: 0.1, dialect: 'keras' });
  expectNear(loaded.normalization.scale, minusOneToOne.scale, 1e-12);
  expectNear(loaded.normalization.shift, minusOneToOne.shift, 1e-12);
  const [is = 0] = kerasOutputs[name]?.output ?? [];
  expectNear((await run(loaded)).probabilities, [1 - is, is], 1e-5);
});

test('A head without bias whose classes are independent of one another, in a .h5 of Keras 3', async () => {
  const name = 'keras3-v1-sigmoid.h5';
  const loaded = requireHead(await loadKeras({ bytes: kerasFile(name) }));
  expect(loaded.config).toMatchObject({ backbone: 'mobilenet-v1', classes: 5, scores: 'sigmoid' });
  expect([...(loaded.weights.get('conv_preds/bias')?.data ?? [])]).toEqual([0, 0, 0, 0, 0]);
  expectNear((await run(loaded)).probabilities, kerasOutputs[name]?.output ?? [], 1e-5);
});

test('A backbone without a head, in a .weights.h5 of Keras 3', async () => {
  const inputSize = { height: 96, width: 64 };
  const loaded = await loadKeras({ bytes: kerasFile('keras3-v2-notop.weights.h5'), inputSize });
  expect(loaded.kind).toBe('backbone');
  expect(loaded.config).toEqual({ backbone: 'mobilenet-v2', alpha: 0.1, dialect: 'keras', inputSize });
  const network = featureNetwork({ ...loaded.config, taps: ['out_relu'] });
  expectSameWeights(loaded.weights, generatedWeights(network, { seed: 1, step }));
  expect(() => requireHead(loaded)).toThrowError(expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }));
});

test.each([
  ['uint8', 255],
  ['uint16', 65535],
  ['float16', 2048],
])('A layers model of TensorFlow.js with weights of %s', async (quantization, levels) => {
  const loaded = requireHead(await loadKeras(tfjsModel(`tfjs-v1-${quantization}`)));
  expect(loaded.config).toMatchObject({ backbone: 'mobilenet-v1', alpha: 0.1, classes: 4 });
  const expected = generatedWeights(classifierNetwork(loaded.config), { seed: 1, step });
  for (const [name, { data }] of expected) {
    // The converter moves the levels so that 0 is one of them, hence a whole level rather than half of one.
    const range = Math.max(...data, 0) - Math.min(...data, 0);
    expectNear(loaded.weights.get(name)?.data, data, (1.01 * range) / levels + 1e-9);
  }
  const [...probabilities] = (await run(loaded)).probabilities ?? [];
  expectNear(probabilities, kerasOutputs['keras2-v1.keras']?.output ?? [], 256 / 100 / levels);
});

test('Maps with odd sides are padded as the model was built: MobileNetV1, and MobileNetV2 without a size', async () => {
  const inputSize = { height: 97, width: 131 };
  const dialect = 'keras-bottom-right' as const;
  for (const [backbone, name] of [
    ['mobilenet-v1', 'v1 of an odd size'],
    ['mobilenet-v2', 'v2 built without a size'],
  ] as const) {
    const config = { backbone, dialect, alpha: 0.1, inputSize, classes: 4 };
    const weights = generatedWeights(classifierNetwork(config), { seed: 1, step });
    const { probabilities } = await run({
      kind: 'classifier',
      config,
      weights,
      normalization: minusOneToOne,
    });
    expectNear(probabilities, kerasOutputs[name]?.output ?? [], 1e-5);
  }
});

describe.skipIf(withoutGoldens)(`Files of Keras 2.15:`, () => {
  test.each([
    ['mobilenetv2-035-96-seed1.h5', 'v2-a035-96-c10-batch2', 0.35],
    ['mobilenet-025-96-seed1.h5', 'v1-a025-96-c10-batch2', 0.25],
    ['mobilenetv2-035-96-seed1-tfjs-layers/model.json', 'v2-a035-96-c10-batch2', 0.35],
  ])('%s', async (file, answer, alpha) => {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    const loaded = requireHead(
      await loadKeras({
        bytes: goldenBytes(`files/${file}`),
        readShard: (path) => goldenBytes(`files/${folder}${path}`),
      }),
    );
    expect(loaded.config).toMatchObject({ alpha, classes: 10, inputSize: { height: 96, width: 96 } });
    expectSameWeights(loaded.weights, generatedWeights(classifierNetwork(loaded.config), { seed: 1 }));
    const golden = readGolden<ForwardGolden>(`forward/${answer}.json`);
    const { probabilities, logits } = await run(loaded, 2);
    expectNear(probabilities, golden.probabilities.flat(), 1e-4);
    expectNear(logits, golden.logits.flat(), 1e-3);
  });
});

test('A model.json may have the model itself where the converter writes a wrapper', async () => {
  const { bytes, readShard } = tfjsModel('tfjs-v1-float16');
  const json = JSON.parse(new TextDecoder().decode(bytes));
  const bare = { ...json, modelTopology: json.modelTopology.model_config };
  const loaded = await loadKeras({ bytes: new TextEncoder().encode(JSON.stringify(bare)), readShard });
  expect(loaded.config).toMatchObject({ classes: 4, inputSize: { height: 64, width: 64 } });
});
