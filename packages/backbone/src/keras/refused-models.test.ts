// What the loader refuses: damaged files, other formats, other networks, and heads that are not pooling and one dense layer.

import { SsdliteError } from '@ssdlite/layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MobileNetWeights } from '../classifier-weights.ts';
import { kerasFile, tfjsModel } from '../fixtures/keras-files.ts';
import { loadKeras } from './load-keras.ts';

async function failure(loading: Promise<unknown>): Promise<SsdliteError> {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SsdliteError) return error;
  throw error ?? new Error('It was loaded.');
}

describe('What cannot be used is refused:', () => {
  const good = (): Uint8Array => kerasFile('keras2-v1-weights.h5');

  test.each<[what: string, bytes: () => Uint8Array, code: string]>([
    ['nothing', () => new Uint8Array(), 'WEIGHTS_UNSUPPORTED'],
    ['any bytes', () => Uint8Array.from({ length: 5000 }, (_, i) => (i * 89) % 251), 'WEIGHTS_UNSUPPORTED'],
    ['a .h5 that is cut short', () => good().subarray(0, 60_000), 'WEIGHTS_DAMAGED'],
    [
      'a .h5 with a torn head',
      () => good().map((byte, i) => (i > 90 && i < 900 ? 255 : byte)),
      'WEIGHTS_DAMAGED',
    ],
    ['a .keras that is cut short', () => kerasFile('keras2-v1.keras').subarray(0, 60_000), 'WEIGHTS_DAMAGED'],
    ['a zip of something else', () => emptyZip, 'WEIGHTS_UNSUPPORTED'],
    ['JSON that is none', () => text('{ "format": "layers-mod'), 'WEIGHTS_DAMAGED'],
    ['other JSON', () => text('{ "name": "x" }'), 'WEIGHTS_UNSUPPORTED'],
    ['a graph model', () => text('{ "format": "graph-model", "modelTopology": {} }'), 'WEIGHTS_UNSUPPORTED'],
  ])('%s', async (_, bytes, code) => {
    expect((await failure(loadKeras({ bytes: bytes(), readShard: () => new Uint8Array() }))).code).toBe(code);
  });

  test('a model.json without its shards, or with one that is too short', async () => {
    const { bytes, readShard } = tfjsModel('tfjs-v1-uint8');
    expect((await failure(loadKeras({ bytes }))).code).toBe('INVALID_ARGUMENT');
    const short = (path: string) => readShard(path).subarray(0, 9000);
    expect((await failure(loadKeras({ bytes, readShard: short }))).code).toBe('WEIGHTS_DAMAGED');
  });

  test('an input under 32 pixels', async () => {
    const options = { bytes: good(), inputSize: { height: 16, width: 64 } };
    expect((await failure(loadKeras(options))).code).toBe('NETWORK_INVALID');
  });

  test('a number that is none, by the name of its tensor', async () => {
    const bytes = kerasFile('keras2.weights.h5');
    const inputSize = { height: 32, width: 32 };
    // Tensors lie in the file as they are: this one is found by its first numbers.
    const { weights } = await loadKeras({ bytes, inputSize });
    const { buffer, byteOffset } = weights.get('block_1_expand/kernel')?.data ?? new Float32Array();
    const at = Buffer.from(bytes).indexOf(Buffer.from(buffer, byteOffset, 16));
    new DataView(bytes.buffer).setFloat32(at, Number.NaN, true);
    const error = await failure(loadKeras({ bytes, inputSize }));
    expect(error.code).toBe('WEIGHTS_MISMATCH');
    expect(error.message).toContain("'block_1_expand/kernel' holds NaN at position 0");
  });

  test('any bytes changed in a .h5: it is read or refused, and nothing else', async () => {
    const bytes = good();
    const change = fc.record({ at: fc.nat(20_000), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const changed = bytes.slice();
        for (const { at, value } of changes) changed[at] = value;
        const loaded: MobileNetWeights | SsdliteError = await loadKeras({ bytes: changed }).catch((error) => {
          if (error instanceof SsdliteError) return error;
          throw error;
        });
        if (loaded instanceof SsdliteError) expect(loaded.code).toMatch(/^(WEIGHTS|NETWORK)_/);
      }),
      { numRuns: 60 },
    );
    // And what was read before can still be read.
    expect((await loadKeras({ bytes })).kind).toBe('classifier');
  });
});

describe('A model whose layers are not those of keras.applications is refused by the layer:', () => {
  const { bytes, readShard } = tfjsModel('tfjs-v1-float16');
  type Layer = { class_name: string; config: Record<string, unknown>; inbound_nodes: unknown };
  type Model = { config: { layers: Layer[]; output_layers: unknown } };
  const edited = (edit: (model: Model) => void) => {
    const json = JSON.parse(new TextDecoder().decode(bytes));
    edit(json.modelTopology.model_config);
    return loadKeras({ bytes: text(JSON.stringify(json)), readShard });
  };
  const layer = (model: Model, name: string): Layer => {
    const found = model.config.layers.find(({ config }) => config.name === name);
    if (!found) throw new Error(name);
    return found;
  };

  test.each<[what: string, edit: (model: Model) => void, code: string, message: RegExp]>([
    [
      'another stride',
      (model) => Object.assign(layer(model, 'conv_dw_2').config, { strides: [1, 1] }),
      'WEIGHTS_MISMATCH',
      /'conv_dw_2' has strides \[1,1\], a MobileNet 2/,
    ],
    [
      'another padding',
      (model) => Object.assign(layer(model, 'conv_dw_1').config, { padding: 'valid' }),
      'WEIGHTS_MISMATCH',
      /'conv_dw_1' pads 32 pixels by 0 and 0, not by 1 and 1/,
    ],
    [
      'another activation',
      (model) => Object.assign(layer(model, 'conv_pw_5_relu').config, { max_value: null }),
      'WEIGHTS_MISMATCH',
      /'conv_pw_5_bn' is followed by 'conv_pw_5_relu' \(ReLU\) instead of ReLU6/,
    ],
    [
      'another epsilon',
      (model) => Object.assign(layer(model, 'conv1_bn').config, { epsilon: 1e-5 }),
      'WEIGHTS_MISMATCH',
      /'conv1_bn' has epsilon 0.00001, a MobileNet 0.001/,
    ],
    [
      'a shortcut',
      (model) =>
        Object.assign(layer(model, 'conv_pw_4'), { inbound_nodes: [[['conv_pw_3_relu', 0, 0, {}]]] }),
      'WEIGHTS_MISMATCH',
      /'conv_pw_4' reads 'conv_pw_3_relu' instead of 'conv_dw_4_relu'/,
    ],
    [
      'a layer that is not there',
      (model) => Object.assign(layer(model, 'conv_pw_4'), { inbound_nodes: [[['nowhere', 0, 0, {}]]] }),
      'WEIGHTS_DAMAGED',
      /'conv_pw_4' reads 'nowhere'/,
    ],
    [
      'a layer used twice',
      (model) =>
        Object.assign(layer(model, 'dropout'), {
          inbound_nodes: [[['global_average_pooling2d', 0, 0, {}]], [['conv_preds', 0, 0, {}]]],
        }),
      'WEIGHTS_UNSUPPORTED',
      /'dropout' is used 2 times/,
    ],
    [
      'channels first',
      (model) => Object.assign(layer(model, 'conv1').config, { data_format: 'channels_first' }),
      'WEIGHTS_MISMATCH',
      /data_format "channels_first"/,
    ],
    [
      'the greatest instead of the mean',
      (model) =>
        Object.assign(
          model.config.layers.find(({ class_name: kind }) => kind === 'GlobalAveragePooling2D') ?? {},
          { class_name: 'GlobalMaxPooling2D' },
        ),
      'WEIGHTS_UNSUPPORTED',
      /GlobalMaxPooling2D\) is not read/,
    ],
    [
      'two outputs',
      (model) =>
        Object.assign(model.config, {
          output_layers: [
            ['predictions', 0, 0],
            ['conv_pw_13_relu', 0, 0],
          ],
        }),
      'WEIGHTS_UNSUPPORTED',
      /gives 'predictions' and 'conv_pw_13_relu'/,
    ],
    [
      'a class of its own',
      (model) => Object.assign(model, { class_name: 'MyNet', config: { name: 'my_net' } }),
      'WEIGHTS_UNSUPPORTED',
      /'MyNet'/,
    ],
  ])('%s', async (_, edit, code, message) => {
    const error = await failure(edited(edit));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** The shortest zip: an end record, and nothing before it. */
const emptyZip = Uint8Array.from([0x50, 0x4b, 5, 6, ...new Array<number>(18).fill(0)]);
