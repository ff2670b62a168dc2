import { describe as describeNetwork, type InputShape, type Layers, type Network } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import { type BackboneName, buildBackbone, takeFeatures } from './backbone.ts';
import { featureNetwork } from './classifier-network.ts';

const inputSize = { height: 300, width: 300 };

function mapsOf(backbone: BackboneName): string[] {
  const names: string[] = [];
  const input: InputShape = { ...inputSize, channels: 3 };
  describeNetwork({
    input,
    build: <T>(layers: Layers<T>, image: T): Record<string, T> => {
      for (const [name] of buildBackbone(layers, image, { backbone, alpha: 1 })) names.push(name);
      return {};
    },
  } satisfies Network);
  return names;
}

test('Maps have the names that their last layer has in Keras', () => {
  const v2 = mapsOf('mobilenet-v2');
  expect(v2.slice(0, 7)).toEqual([
    'Conv1_relu',
    'expanded_conv_depthwise_relu',
    'expanded_conv_project_BN',
    'block_1_expand_relu',
    'block_1_depthwise_relu',
    'block_1_project_BN',
    'block_2_expand_relu',
  ]);
  expect(v2.at(-1)).toBe('out_relu');
  expect(v2.filter((name) => name.endsWith('_add'))).toEqual(
    [2, 4, 5, 7, 8, 9, 11, 12, 14, 15].map((block) => `block_${block}_add`),
  );
  const v1 = mapsOf('mobilenet-v1');
  expect([v1.length, v1[0], v1[1], v1.at(-1)]).toEqual([
    27,
    'conv1_relu',
    'conv_dw_1_relu',
    'conv_pw_13_relu',
  ]);
});

test('Feature maps are taken by name, and nothing is built beyond the last of them', () => {
  const { outputs, layers } = describeNetwork(
    featureNetwork({
      backbone: 'mobilenet-v2',
      alpha: 1,
      inputSize,
      taps: ['block_6_expand_relu', 'block_13_expand_relu'],
    }),
  );
  expect(outputs).toEqual({ block_6_expand_relu: [38, 38, 192], block_13_expand_relu: [19, 19, 576] });
  expect(layers.at(-1)?.name).toBe('block_13_expand');
});

test('A map may be asked for in any order, and twice', () => {
  const maps = [
    ['a', 1],
    ['b', 2],
  ] as const;
  expect(takeFeatures(maps, ['b', 'a', 'b'])).toEqual({ a: 1, b: 2 });
  expect(takeFeatures(maps, [])).toEqual({});
});

test('An unknown map is refused with the names that there are', () => {
  const network = featureNetwork({ backbone: 'mobilenet-v1', alpha: 0.25, inputSize, taps: ['out_relu'] });
  expect(() => describeNetwork(network)).toThrowError(
    expect.objectContaining({
      code: 'NETWORK_INVALID',
      message: expect.stringMatching(/'out_relu'.*conv1_relu, conv_dw_1_relu/),
    }),
  );
});

test('Where a block keeps its channels because alpha is small, the residual comes back', () => {
  // 16 * 0.1 and 32 * 0.1 are both 8 channels, so even the first block adds its input.
  const network = featureNetwork({ backbone: 'mobilenet-v2', alpha: 0.1, inputSize, taps: ['out_relu'] });
  expect(describeNetwork(network).layers.map(({ name }) => name)).toContain('expanded_conv_add');
});
