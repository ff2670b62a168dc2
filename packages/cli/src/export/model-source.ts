// What `ssdlite export` starts from: a network, its weights, and what one has to know to use them.

import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import {
  type ClassifierConfig,
  classifierNetwork,
  minusOneToOne,
  type Normalization,
} from '@ssdlite/backbone';
import { describe, foldBatchNorm, type Network, SsdliteError, type Weights } from '@ssdlite/layers';
import { type DetectorFacts, type Label, type Size, ssdAnchors, ssdNetwork, tfOdBoxCoder } from 'ssdlite';
import { readClassifierWeights, readClassNames, readDetectorWeights } from 'ssdlite/node';

export interface ModelSource {
  readonly kind: 'detector' | 'classifier';
  readonly name: string;
  readonly network: Network;
  /** With batch norm folded. */
  readonly weights: Weights;
  readonly normalization: Normalization;
  readonly labels: readonly Label[];
  /** What the outputs mean, for programs that read them. */
  readonly postprocessing: object;
  /** For the manifest of a detector's weights. */
  readonly facts?: DetectorFacts;
  /** For the metadata of a classifier's weights. */
  readonly classifier?: ClassifierConfig;
}

export interface ModelSettings {
  /** Pixels of the input. Default: what the weights were trained for. */
  readonly size?: Size | undefined;
  /** File with a classifier's class names. */
  readonly labels?: string | undefined;
}

/**
 * Reads weights of either kind.
 *
 * @param place path of a detector's or classifier's weights; undefined for the COCO weights
 * @throws SsdliteError `WEIGHTS_…`, `NETWORK_INVALID` for a size that the network cannot have, `INVALID_ARGUMENT`
 */
export async function readModel(place: string | undefined, settings: ModelSettings): Promise<ModelSource> {
  if (place !== undefined && (await isClassifier(place))) return readClassifier(place, settings);
  return readDetector(place, settings);
}

/** How logits become scores, in words. */
const converters = {
  sigmoid: 'sigmoid of logits, column by column',
  softmax: 'softmax of logits over the columns of an anchor',
} as const;

async function readDetector(
  place: string | undefined,
  { size, labels }: ModelSettings,
): Promise<ModelSource> {
  if (labels !== undefined) {
    throw new SsdliteError(
      'INVALID_ARGUMENT',
      "--labels is for classifiers; a detector's are in its manifest.",
      {
        value: labels,
        next: 'Leave it out.',
      },
    );
  }
  const { manifest, weights } = await readDetectorWeights(place);
  const architecture = { ...manifest.architecture, ...(size && { inputSize: size }) };
  const corners = ssdAnchors(architecture);
  return {
    kind: 'detector',
    name: manifest.name,
    network: ssdNetwork(architecture),
    weights,
    normalization: minusOneToOne,
    labels: manifest.labels,
    postprocessing: {
      scores: `${converters[manifest.scoreConverter]}; column 0 is the background, the others are label ids`,
      boxes:
        'ty, tx, th, tw: centre = code / centreScale * anchor size + anchor centre; size = exp(code / sizeScale) * anchor size',
      boxCoder: tfOdBoxCoder,
      suppression: 'per class, IoU 0.6',
      anchors: Array.from({ length: corners.length / 4 }, (_, at) => [
        ...corners.subarray(at * 4, at * 4 + 4),
      ]),
    },
    facts: { ...manifest, architecture },
  };
}

async function readClassifier(place: string, { size, labels }: ModelSettings): Promise<ModelSource> {
  const read = await readClassifierWeights(place, { inputSize: size });
  const config = { ...read.config, ...(size && { inputSize: size }) };
  const { classes = 1000, scores } = config;
  const names = labels === undefined ? read.labels : await readClassNames(labels);
  if (names && names.length !== classes) {
    throw new SsdliteError('WEIGHTS_MISMATCH', `There are ${names.length} labels for ${classes} classes.`, {
      value: names.length,
      next: 'Give one label per class, in the order in which the weights were trained.',
    });
  }
  const network = classifierNetwork(config);
  return {
    kind: 'classifier',
    name: basename(place).replace(/(\.weights)?\.[^.]+$/, ''),
    network: {
      input: network.input,
      build: (layers, image) => {
        const { logits, probabilities } = network.build(layers, image);
        return { logits, probabilities };
      },
    },
    weights: foldBatchNorm(describe(network), read.weights),
    normalization: read.normalization,
    labels: Array.from({ length: classes }, (_, id) => ({ id, name: names?.[id] ?? `class ${id}` })),
    postprocessing: {
      scores: `probabilities are the ${scores ?? 'softmax'} of logits; columns are label ids`,
    },
    classifier: config,
  };
}

/**
 * By the name where that says it; a `.json` or `.safetensors` by what it holds or has beside it.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for a graph that has to be imported
 */
async function isClassifier(place: string): Promise<boolean> {
  switch (extname(place).toLowerCase()) {
    case '.h5':
    case '.keras':
      return true;
    case '.safetensors':
      // A detector's have their manifest beside them.
      return (await isFile(place)) && !(await isFile(place.replace(/\.safetensors$/i, '.json')));
    case '.json': {
      const { modelTopology } = await readJson(place);
      if (modelTopology?.node) {
        throw new SsdliteError('WEIGHTS_UNSUPPORTED', `'${place}' is a TensorFlow graph.`, {
          value: place,
          next: 'Make weights of it first: ssdlite import.',
        });
      }
      return modelTopology !== undefined;
    }
    default:
      return false;
  }
}

/** What a TensorFlow.js model says of itself; nothing for what is no JSON, which the readers of weights report. */
async function readJson(path: string): Promise<{ readonly modelTopology?: { readonly node?: unknown } }> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return {};
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
