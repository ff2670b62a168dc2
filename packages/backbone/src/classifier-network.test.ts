import { describe as describeNetwork, SsdliteError, summary } from '@ssdlite/layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClassifierConfig, classifierNetwork, featureNetwork } from './classifier-network.ts';

function mobileNetV2(alpha: number, side = 224, rest: Partial<ClassifierConfig> = {}) {
  const inputSize = { height: side, width: side };
  return describeNetwork(classifierNetwork({ backbone: 'mobilenet-v2', alpha, inputSize, ...rest }));
}

function codeOf(build: () => unknown): string | undefined {
  try {
    build();
    return undefined;
  } catch (error) {
    return error instanceof SsdliteError ? error.code : String(error);
  }
}

describe('The published figures of MobileNetV2 (slim, research/slim/nets/mobilenet/README.md)', () => {
  // Millions, as printed there: multiply-adds are cut, parameters (without batch norm) rounded to two places.
  const multiplyAdds: [alpha: number, side: number, millions: number][] = [
    [1.4, 224, 582],
    [1.3, 224, 509],
    [1.0, 224, 300],
    [1.0, 192, 221],
    [1.0, 160, 154],
    [1.0, 128, 99],
    [1.0, 96, 56],
    [0.75, 224, 209],
    [0.75, 192, 153],
    [0.75, 160, 107],
    [0.75, 128, 69],
    [0.75, 96, 39],
    [0.5, 224, 97],
    [0.5, 192, 71],
    [0.5, 160, 50],
    [0.5, 128, 32],
    [0.5, 96, 18],
    [0.35, 224, 59],
    [0.35, 192, 43],
    [0.35, 160, 30],
    [0.35, 128, 20],
    [0.35, 96, 11],
  ];
  const parameters: [alpha: number, millions: string][] = [
    [1.4, '6.06'],
    [1.3, '5.34'],
    [1.0, '3.47'],
    [0.75, '2.61'],
    [0.5, '1.95'],
    [0.35, '1.66'],
  ];

  test.each(multiplyAdds)('alpha %f at %i pixels takes %i million multiply-adds', (alpha, side, millions) => {
    expect(Math.floor(mobileNetV2(alpha, side).multiplyAdds / 1e6)).toBe(millions);
  });

  test.each(parameters)('alpha %f has %s million parameters', (alpha, millions) => {
    expect((mobileNetV2(alpha).parameters.withoutBatchNorm / 1e6).toFixed(2)).toBe(millions);
  });

  test('are 28', () => expect(multiplyAdds.length + parameters.length).toBe(28));
});

test.each([
  { alpha: 0.35, noTop: [410_208, 396_128, 14_080], top: [1_691_208, 1_677_128], bare: 1_663_048 },
  { alpha: 0.5, noTop: [706_224, 687_680, 18_544], top: [1_987_224, 1_968_680], bare: 1_950_136 },
  { alpha: 0.75, noTop: [1_382_064, 1_355_424, 26_640], top: [2_663_064, 2_636_424], bare: 2_609_784 },
  { alpha: 1, noTop: [2_257_984, 2_223_872, 34_112], top: [3_538_984, 3_504_872], bare: 3_470_760 },
  { alpha: 1.3, noTop: [3_766_048, 3_721_792, 44_256], top: [5_431_048, 5_386_792], bare: 5_342_536 },
  { alpha: 1.4, noTop: [4_363_712, 4_315_776, 47_936], top: [6_156_712, 6_108_776], bare: 6_060_840 },
])('MobileNetV2 of alpha $alpha has as many parameters as Keras counts', ({ alpha, noTop, top, bare }) => {
  const features = describeNetwork(
    featureNetwork({
      backbone: 'mobilenet-v2',
      alpha,
      inputSize: { height: 96, width: 96 },
      taps: ['out_relu'],
    }),
  ).parameters;
  expect([features.total, features.trainable, features.statistics]).toEqual(noTop);
  const { total, trainable, withoutBatchNorm, folded } = mobileNetV2(alpha).parameters;
  expect([total, trainable]).toEqual(top);
  expect(withoutBatchNorm).toBe(bare);
  // One bias for every gamma and beta that is folded.
  expect(folded).toBe(bare + (trainable - bare) / 2);
});

test('MobileNetV1 has the 4.2 million parameters and 569 million multiply-adds of its paper', () => {
  const { parameters, multiplyAdds } = describeNetwork(
    classifierNetwork({ backbone: 'mobilenet-v1', alpha: 1, inputSize: { height: 224, width: 224 } }),
  );
  expect((parameters.withoutBatchNorm / 1e6).toFixed(1)).toBe('4.2');
  expect(Math.round(multiplyAdds / 1e6)).toBe(569);
});

test('The number of classes changes the dense layer alone', () => {
  const { parameters, outputs } = mobileNetV2(1, 96, { classes: 5 });
  expect(parameters.total).toBe(2_257_984 + 1280 * 5 + 5);
  expect(outputs).toEqual({ features: [3, 3, 1280], pooled: [1280], logits: [5], probabilities: [5] });
});

test('The summary is laid out as Keras prints it', () => {
  const lines = summary(mobileNetV2(1)).split('\n');
  expect(lines.slice(0, 6)).toEqual([
    'Layer (type)                                       Output shape            Param #',
    '==================================================================================',
    'input (InputLayer)                                 (None, 224, 224, 3)           0',
    'Conv1 (Conv2D)                                     (None, 112, 112, 32)        864',
    'bn_Conv1 (BatchNormalization)                      (None, 112, 112, 32)        128',
    'Conv1_relu (ReLU)                                  (None, 112, 112, 32)          0',
  ]);
  expect(lines.slice(-8)).toEqual([
    'predictions (Dense)                                (None, 1000)          1,281,000',
    'probabilities (Softmax)                            (None, 1000)                  0',
    '==================================================================================',
    'Total params: 3,538,984',
    'Trainable params: 3,504,872',
    'Non-trainable params: 34,112',
    'Folded params (inference): 3,487,816',
    'Multiply-adds: 300,774,272',
  ]);
});

test('Any width from 0.1 to 2 and any size from 32 pixels up can be built, square or not', () => {
  const cases = fc.record({
    backbone: fc.constantFrom('mobilenet-v1' as const, 'mobilenet-v2' as const),
    alpha: fc.double({ min: 0.1, max: 2, noNaN: true }),
    height: fc.integer({ min: 32, max: 700 }),
    width: fc.integer({ min: 32, max: 700 }),
    classes: fc.integer({ min: 1, max: 3000 }),
    dialect: fc.constantFrom('tensorflow' as const, 'keras' as const, 'pytorch' as const),
  });
  fc.assert(
    fc.property(cases, ({ height, width, ...config }) => {
      const { outputs } = describeNetwork(classifierNetwork({ ...config, inputSize: { height, width } }));
      const [y, x, channels] = outputs.features;
      expect([y, x]).toEqual([Math.ceil(height / 32), Math.ceil(width / 32)]);
      expect(outputs.pooled).toEqual([channels]);
      expect(outputs.probabilities).toEqual([config.classes]);
    }),
    { numRuns: 150 },
  );
});

describe('What cannot be built is refused:', () => {
  const good: ClassifierConfig = {
    backbone: 'mobilenet-v2',
    alpha: 1,
    inputSize: { height: 224, width: 224 },
  };
  test.each<[what: string, wrong: object]>([
    ['an input under 32 pixels', { inputSize: { height: 224, width: 31 } }],
    ['half a pixel', { inputSize: { height: 224.5, width: 224 } }],
    ['no class', { classes: 0 }],
    ['alpha 0', { alpha: 0 }],
    ['alpha NaN', { alpha: Number.NaN }],
    ['an endless alpha', { alpha: Number.POSITIVE_INFINITY }],
    ['an unknown backbone', { backbone: 'mobilenet-v3' }],
    ['an unknown dialect', { dialect: 'caffe' }],
    ['unknown scores', { scores: 'linear' }],
  ])('%s', (_, wrong) => {
    const config = { ...good, ...wrong } as ClassifierConfig;
    expect(codeOf(() => describeNetwork(classifierNetwork(config)))).toBe('NETWORK_INVALID');
  });
});
