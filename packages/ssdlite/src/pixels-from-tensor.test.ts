import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { pixelsFromTensor, type TensorLike } from './pixels-from-tensor.ts';

const refused = (tensor: unknown) => expect(pixelsFromTensor(tensor as TensorLike)).rejects;

test('an int32 tensor of TensorFlow.js is read, and left to its owner', async () => {
  const tensor = tf.tensor3d([0, 1, 2, 253, 254, 255], [1, 2, 3], 'int32');
  expect(await pixelsFromTensor(tensor)).toEqual({
    data: new Uint8Array([0, 1, 2, 253, 254, 255]),
    width: 2,
    height: 1,
    channels: 3,
  });
  expect(tensor.isDisposed).toBe(false);
  tensor.dispose();
});

test('a float tensor counts from 0 to 255 too and is rounded', async () => {
  const tensor = tf.tensor4d([0.4, 0.6, 254.5, 255.2], [1, 2, 2, 1], 'float32');
  expect(await pixelsFromTensor(tensor)).toEqual({
    data: new Uint8Array([0, 1, 255, 255]),
    width: 2,
    height: 2,
    channels: 1,
  });
  tensor.dispose();
});

test('bytes are passed through without a copy', async () => {
  const data = new Uint8Array(12);
  expect((await pixelsFromTensor({ shape: [1, 3, 4], data })).data).toBe(data);
});

test('an all-black float picture is no scaled one', async () => {
  const { data } = await pixelsFromTensor({ shape: [1, 1, 3], data: new Float32Array(3) });
  expect([...data]).toEqual([0, 0, 0]);
});

test.each<[string, number[], RegExp]>([
  ['NaN', [0, Number.NaN, 0], /index 1 is NaN/],
  ['infinity', [0, 0, Number.POSITIVE_INFINITY], /index 2 is Infinity/],
  ['a negative number', [-1, 0, 0], /index 0 is -1/],
  ['a number over 255', [0, 256, 0], /index 1 is 256/],
  ['a picture scaled to 0..1', [0, 0.5, 1], /from 0 to 1, not to 255/],
])('%s is refused', async (_, values, message) => {
  await refused({ shape: [1, 1, 3], data: new Float32Array(values) }).toThrow(message);
  await refused({ shape: [1, 1, 3], data: new Float32Array(values) }).toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

test.each([[[4, 4]], [[2, 4, 4, 3]], [[4, 4, 2]], [[1, 1, 4, 4, 3]], [[]]])(
  'the shape %j is no picture',
  async (shape) => {
    await refused({ shape, data: new Uint8Array(48) }).toThrow(`shape is [${shape.join(', ')}]`);
  },
);

test('values that do not fill the shape are refused', async () => {
  await refused({ shape: [2, 2, 3], data: new Int32Array(11) }).toThrow(
    /has 11 bytes; 2 x 2 x 3 channels are 12/,
  );
});

test('a disposed tensor is a clear error', async () => {
  const tensor = tf.tensor3d([1, 2, 3], [1, 1, 3], 'int32');
  tensor.dispose();
  await refused(tensor).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/disposed/),
  });
});

test('a tensor of strings is refused', async () => {
  await refused({ shape: [1, 1, 3], data: ['a', 'b', 'c'] }).toMatchObject({ code: 'INVALID_ARGUMENT' });
});
