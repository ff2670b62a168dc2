import { expect, test } from 'vitest';
import type { Network } from './layers.ts';
import { receptiveFields } from './receptive-field.ts';

const halving = (side: number): Network => ({
  input: { height: side, width: side, channels: 1 },
  build: (layers, image) => {
    const half = layers.conv2d('half', image, { filters: 1, kernelSize: 3, strides: 2 });
    return { quarter: layers.conv2d('quarter', half, { filters: 1, kernelSize: 3, strides: 2 }) };
  },
});

test('A 3 x 3 kernel at stride 2 looks at the second pixel of an even axis, and at the first of an odd one', () => {
  expect(receptiveFields(halving(8)).get('half')?.y).toEqual({ cells: 4, first: 1.5, stride: 2 });
  expect(receptiveFields(halving(7)).get('half')?.x).toEqual({ cells: 4, first: 0.5, stride: 2 });
});

test('Strides multiply, and shifts add up in pixels of the input', () => {
  expect(receptiveFields(halving(8)).get('quarter')?.y).toEqual({ cells: 2, first: 3.5, stride: 4 });
});
