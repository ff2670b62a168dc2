import { decodeWeights, encodeWeights } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import { generatedTensor } from './fixtures/generated-tensor.ts';
import { onLevels } from './quantized-forward.ts';

test('Weights go to the nearest of 127 levels up to the largest of their channel', () => {
  // Two channels of two weights; 127 and 254 give the scales 1 and 2.
  const { data } = onLevels({ shape: [1, 1, 2, 2], data: Float32Array.of(127, 254, 3.4, -6.8) });
  expect([...data]).toEqual([127, 254, 3, -6]);
});

test('What a pass sees is nearly what the file stores', () => {
  const shape = [1, 1, 256, 128];
  const kernel = { shape, data: generatedTensor('kernel', 256 * 128, [-0.3, 0.3]) };
  const layer = {
    name: 'layer',
    kind: 'Conv2D',
    outputShape: [1, 1, 128],
    weights: [{ name: 'layer/kernel', shape }],
    batchNorm: undefined,
    activation: 'linear',
    multiplyAdds: 0,
  } as const;
  const first = { ...layer, name: 'first', weights: [] };
  const stored = encodeWeights(new Map([['layer/kernel', kernel]]), {
    encoding: 'hybrid',
    description: { layers: [first, layer] },
  });
  expect(stored.get('layer/kernel')?.dtype).toBe('I8');
  const file = decodeWeights(stored).get('layer/kernel')?.data ?? new Float32Array(0);
  const seen = onLevels(kernel).data;
  const error = (other: Float32Array) => {
    return Math.sqrt(kernel.data.reduce((sum, value, i) => sum + (value - (other[i] as number)) ** 2, 0));
  };
  expect(error(seen)).toBeGreaterThan(error(file));
  expect(error(seen)).toBeLessThan(1.2 * error(file));
});
