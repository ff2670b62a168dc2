// torchvision's state dicts: the names that the official file has, the numbers that PyTorch's rules give.

import { type StoredTensor, writeSafetensors } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import { requireHead } from '../classifier-weights.ts';
import { loadTorchvision } from './load-torchvision.ts';

/** A state dict of the smallest width, every tensor filled with a number of its own. */
function stateDict(change: (tensors: Map<string, StoredTensor>) => void = () => undefined): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  const put = (name: string, shape: number[]): void => {
    const data = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(0.5);
    tensors.set(name, { dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) });
  };
  const norm = (name: string, channels: number): void => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) put(`${name}.${part}`, [channels]);
  };
  put('features.0.0.weight', [8, 3, 3, 3]);
  norm('features.0.1', 8);
  put('features.1.conv.0.0.weight', [8, 1, 3, 3]);
  norm('features.1.conv.0.1', 8);
  put('features.1.conv.1.weight', [8, 8, 1, 1]);
  norm('features.1.conv.2', 8);
  const wide = [8, 8, 8, 8, 8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 32];
  let before = 8;
  for (const [index, channels] of wide.entries()) {
    const block = `features.${index + 2}.conv`;
    put(`${block}.0.0.weight`, [before * 6, before, 1, 1]);
    norm(`${block}.0.1`, before * 6);
    put(`${block}.1.0.weight`, [before * 6, 1, 3, 3]);
    norm(`${block}.1.1`, before * 6);
    put(`${block}.2.weight`, [channels, before * 6, 1, 1]);
    norm(`${block}.3`, channels);
    before = channels;
  }
  put('features.18.0.weight', [1280, 32, 1, 1]);
  norm('features.18.1', 1280);
  put('classifier.1.weight', [4, 1280]);
  put('classifier.1.bias', [4]);
  change(tensors);
  return writeSafetensors({ tensors, metadata: {} });
}

test('A state dict of width 0.1 and four classes becomes our tensors, in our layout', () => {
  const { config, weights, normalization } = requireHead(loadTorchvision({ bytes: stateDict() }));
  expect(config).toMatchObject({ backbone: 'mobilenet-v2', dialect: 'pytorch', classes: 4 });
  expect(weights.get('Conv1/kernel')?.shape).toEqual([3, 3, 3, 8]);
  expect(weights.get('block_1_depthwise/kernel')?.shape).toEqual([3, 3, 48, 1]);
  expect(weights.get('predictions/kernel')?.shape).toEqual([1280, 4]);
  // (x / 255 - 0.485) / 0.229 for red.
  expect(normalization.scale[0]).toBeCloseTo(1 / (255 * 0.229), 12);
  expect(normalization.shift[0]).toBeCloseTo(-0.485 / 0.229, 12);
});

test('A missing tensor is named', () => {
  const bytes = stateDict((tensors) => tensors.delete('features.3.conv.2.weight'));
  expect(() => loadTorchvision({ bytes })).toThrow(
    expect.objectContaining({ name: 'SsdliteError', message: expect.stringContaining('features.3.conv.2') }),
  );
});

test('A pickled .pth file is refused with what to do', () => {
  const pickle = Uint8Array.from([0x50, 0x4b, 3, 4, ...new Uint8Array(64)]);
  expect(() => loadTorchvision({ bytes: pickle })).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_UNSUPPORTED', next: expect.stringContaining('safetensors') }),
  );
});
