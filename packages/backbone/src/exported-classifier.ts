// Classifiers as safetensors of our own: folded weights, and in the file's metadata all that is needed to run them.

import {
  checkWeights,
  decodeWeights,
  describe,
  foldedWeights,
  JsonValue,
  parseSafetensors,
  SsdliteError,
} from '@ssdlite/layers';
import { backboneNames } from './backbone.ts';
import { type ClassifierConfig, classifierNetwork } from './classifier-network.ts';
import type { ClassifierWeights } from './classifier-weights.ts';
import { type Dialect, dialects } from './dialect.ts';
import type { Normalization } from './normalization.ts';

/** What files of this version say of themselves, under `format`. */
export const exportFormat = 'ssdlite-model/1';

/** What a file's metadata says. */
export interface ExportedFacts {
  readonly name: string;
  readonly config: ClassifierConfig;
  readonly normalization: Normalization;
  /** One name per class. */
  readonly labels: readonly string[];
}

/** The facts as the metadata of a safetensors file whose tensors are `foldedWeights` of the classifier's network. */
export function exportedMetadata({
  name,
  config,
  normalization,
  labels,
}: ExportedFacts): Record<string, string> {
  return {
    format: exportFormat,
    kind: 'classifier',
    name,
    batchNorm: 'folded',
    config: JSON.stringify(config),
    normalization: JSON.stringify(normalization),
    labels: JSON.stringify(labels),
  };
}

/**
 * Reads a file with `exportedMetadata`, as `ssdlite export` writes it.
 *
 * @param options.inputSize pixels, instead of those that the file says
 * @returns undefined for a safetensors file of another program
 * @throws SsdliteError `WEIGHTS_DAMAGED` for a file that is cut short, or metadata that cannot be; `WEIGHTS_MISMATCH` for tensors that are
 * not those of the network; `WEIGHTS_UNSUPPORTED` for files of a version that did not say what the network is
 */
export function loadExportedClassifier(options: {
  readonly bytes: Uint8Array;
  readonly inputSize?: ClassifierConfig['inputSize'];
}): ClassifierWeights | undefined {
  const { tensors, metadata } = parseSafetensors(options.bytes);
  if (metadata.format !== exportFormat) return undefined;
  if (metadata.config === undefined) {
    throw new SsdliteError('WEIGHTS_UNSUPPORTED', 'This export does not say which network it is of.', {
      value: metadata,
      next: 'Export it once more from the weights that it was made from: ssdlite export.',
    });
  }
  const config = readConfig(metadataValue(metadata, 'config'));
  const labels = metadataValue(metadata, 'labels')
    .items()
    .map((label) => label.string());
  if (labels.length !== config.classes) {
    throw metadataValue(metadata, 'labels').mustBe(`a list of ${config.classes} names`);
  }
  const weights = decodeWeights(tensors);
  checkWeights(weights, foldedWeights(describe(classifierNetwork(config))), { finite: true });
  const { inputSize = config.inputSize } = options;
  const normalization = readNormalization(metadataValue(metadata, 'normalization'));
  return { kind: 'classifier', config: { ...config, inputSize }, weights, normalization, labels };
}

function metadataValue(metadata: Readonly<Record<string, string>>, name: string): JsonValue {
  const place = { document: "The file's metadata", path: name };
  const text = metadata[name];
  try {
    return new JsonValue(text === undefined ? undefined : JSON.parse(text), place);
  } catch {
    throw new JsonValue(text, place).mustBe('JSON');
  }
}

function readConfig(json: JsonValue): ClassifierConfig & { readonly classes: number } {
  json.only(['backbone', 'alpha', 'dialect', 'shrinkLast', 'minChannels', 'inputSize', 'classes', 'scores']);
  const dialect = json.get('dialect');
  const shrinkLast = json.get('shrinkLast');
  const minChannels = json.get('minChannels');
  const inputSize = json.get('inputSize');
  return {
    backbone: json.get('backbone').oneOf(backboneNames),
    alpha: json.get('alpha').positive(),
    ...(dialect.present && { dialect: dialect.oneOf(Object.keys(dialects) as Dialect[]) }),
    ...(shrinkLast.present && { shrinkLast: shrinkLast.boolean() }),
    ...(minChannels.present && { minChannels: minChannels.integer(1) }),
    inputSize: { height: inputSize.get('height').integer(1), width: inputSize.get('width').integer(1) },
    classes: json.get('classes').integer(1),
    scores: json.get('scores').oneOf(['softmax', 'sigmoid']),
  };
}

function readNormalization(json: JsonValue): Normalization {
  const perChannel = (name: 'scale' | 'shift'): readonly [number, number, number] => {
    const [red, green, blue, ...more] = json
      .get(name)
      .items()
      .map((item) => item.number());
    if (red === undefined || green === undefined || blue === undefined || more.length > 0)
      throw json.get(name).mustBe('a list of three numbers');
    return [red, green, blue];
  };
  return { scale: perChannel('scale'), shift: perChannel('shift') };
}
