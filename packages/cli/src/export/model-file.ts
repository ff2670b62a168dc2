// A model as the bytes of a file in one of the formats that others read, and the facts that lie beside it.

import { createHash } from 'node:crypto';
import { exportedMetadata, exportFormat } from '@ssdlite/backbone';
import {
  type BatchSize,
  describe,
  encodeWeights,
  SsdliteError,
  type WeightEncoding,
  writeSafetensors,
} from '@ssdlite/layers';
import { toOnnx } from '@ssdlite/layers/onnx';
import { toTflite } from '@ssdlite/layers/tflite';
import { encodeDetector } from 'ssdlite';
import { manifestText } from 'ssdlite/node';
import type { ModelSource } from './model-source.ts';

export const modelFormats = ['tflite', 'onnx', 'safetensors'] as const;
export type ModelFormat = (typeof modelFormats)[number];

export const inputLayouts = ['nchw', 'nhwc'] as const;
export type ModelLayout = (typeof inputLayouts)[number];

export interface ModelFileOptions {
  /** Name of the file, without folder, with the format's ending. */
  readonly file: string;
  readonly format: ModelFormat;
  readonly encoding: WeightEncoding;
  /** ONNX: whether batch and sides of the picture are fixed. They always are in TensorFlow Lite, where 1 is the default batch. */
  readonly batch?: number | undefined;
  readonly fixed: boolean;
  readonly layout: ModelLayout;
}

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** JSON: what one has to know to run the file and read its outputs. */
  readonly facts: string;
  /** Name of their file. */
  readonly factsFile: string;
  /** Of the input, for people: `[1, 300, 300, 3]`. */
  readonly input: string;
}

/** @throws SsdliteError `INVALID_ARGUMENT` for what the format does not have */
export async function toModelFile(source: ModelSource, options: ModelFileOptions): Promise<ModelFile> {
  const { format, encoding } = options;
  if (format === 'safetensors') return safetensorsFile(source, options);
  if (encoding === 'hybrid') {
    throw new SsdliteError('INVALID_ARGUMENT', `${format} files have no hybrid weights.`, {
      value: encoding,
      next: 'Use --encoding float32 or float16, or --format safetensors.',
    });
  }
  const { network, weights } = source;
  const { height, width, channels } = network.input;
  const size: BatchSize = { batch: options.batch ?? 1, height, width };
  const isTflite = format === 'tflite';
  const isFixed = isTflite || options.fixed;
  const layout = isTflite ? 'nhwc' : options.layout;
  const bytes = isTflite
    ? toTflite({ network, weights, size, precision: encoding })
    : toOnnx({
        network,
        weights,
        inputLayout: layout,
        precision: encoding,
        ...(isFixed && { size }),
      });
  const batch = isFixed ? size.batch : 'batch';
  const sides = isFixed ? [height, width] : ['height', 'width'];
  const shape = layout === 'nchw' ? [batch, channels, ...sides] : [batch, ...sides, channels];
  const outputs = Object.entries(describe(network).outputs).map(([name, sizes]) => ({
    name,
    shape: [batch, ...sizes],
  }));
  const facts = {
    format: exportFormat,
    kind: source.kind,
    name: source.name,
    model: { file: options.file, bytes: bytes.length, sha256: sha256(bytes), encoding },
    input: {
      name: 'image',
      type: 'float32',
      layout,
      shape,
      trainedSize: { height, width },
      // A picture's R, G, B from 0 to 255, channel by channel: value * scale + shift.
      channels: 'RGB, value * scale + shift',
      ...source.normalization,
      resize: 'bilinear, without half-pixel centres: source = target * (source size / target size)',
    },
    outputs,
    postprocessing: source.postprocessing,
    labels: source.labels,
    ...(source.facts && {
      metrics: source.facts.metrics,
      source: source.facts.source,
      licence: source.facts.licence,
      notes: source.facts.notes,
    }),
  };
  const input = `image [${shape.join(', ')}] float32, ${layout}`;
  return { bytes, facts: jsonText(facts), factsFile: `${options.file}.json`, input };
}

/** A detector's with the manifest that `--weights` reads; a classifier's tensors under Keras' names of the layers, which `classify` reads. */
async function safetensorsFile(source: ModelSource, options: ModelFileOptions): Promise<ModelFile> {
  const { file, encoding } = options;
  const name = file.replace(/\.safetensors$/i, '');
  const { network, weights, normalization, labels } = source;
  const { height, width, channels } = network.input;
  const input = `[batch, ${height}, ${width}, ${channels}], tensors only`;
  if (source.facts) {
    const { bytes, manifest } = await encodeDetector(weights, { ...source.facts, name }, encoding);
    return { bytes, facts: manifestText(manifest), factsFile: `${name}.json`, input };
  }
  const tensors = encodeWeights(weights, { encoding, description: describe(network) });
  const { classifier: config } = source;
  const metadata =
    config && exportedMetadata({ name, config, normalization, labels: labels.map((label) => label.name) });
  const bytes = writeSafetensors({ tensors, metadata: metadata ?? {} });
  const facts = {
    format: exportFormat,
    kind: source.kind,
    name,
    model: { file, bytes: bytes.length, sha256: sha256(bytes), encoding },
    input: { shape: ['batch', height, width, channels], ...normalization },
    postprocessing: source.postprocessing,
    labels,
  };
  return { bytes, facts: jsonText(facts), factsFile: `${file}.json`, input };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A line for every fact, and for every item of a list of lists or records. */
function jsonText(facts: object): string {
  const lines = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
