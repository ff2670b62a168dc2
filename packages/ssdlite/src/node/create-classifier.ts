// Puts a classifier together in Node: weights, labels, engine, and what reads pictures.

import { classifierNetwork } from '@ssdlite/backbone';
import { describe, foldBatchNorm } from '@ssdlite/layers';
import { Classifier } from '../classifier.ts';
import type { CreateDetectorOptions } from './create-detector.ts';
import { chooseEngine } from './engines/node-engine.ts';
import type { ImageInput } from './image-input.ts';
import { type ClassNamesInput, readClassNames } from './read-class-names.ts';
import { type ClassifierWeightsInput, readClassifierWeights } from './read-classifier-weights.ts';
import { readImage } from './read-image.ts';

/** Options of `createClassifier`. */
export interface CreateClassifierOptions
  extends Pick<CreateDetectorOptions, 'engine' | 'threads' | 'images'> {
  /** Of Keras, TensorFlow.js, torchvision or `ssdlite export`; see `readClassifierWeights`. */
  readonly weights: ClassifierWeightsInput;
  /** One name per class. Default: those in the weights' file, or `class 0`, `class 1`, … */
  readonly labels?: ClassNamesInput;
  /** Pixels, for weights that do not say. Default 224 x 224. */
  readonly inputSize?: { readonly height: number; readonly width: number };
}

/** A classifier that takes what a Node program has at hand. */
export type NodeClassifier = Classifier<ImageInput>;

/**
 * Makes a classifier from the weights of a MobileNet.
 *
 * @throws SsdliteError `WEIGHTS_…` if the weights are missing, damaged or of another architecture, or the labels are not one per class;
 *   `ENGINE_UNAVAILABLE`, `INVALID_ARGUMENT`
 * @example
 * const classifier = await createClassifier({ weights: 'flowers.keras', labels: ['daisy', 'rose', 'tulip'] });
 * const [best] = await classifier.classify('photo.jpg');
 * await classifier.dispose();
 */
export async function createClassifier(options: CreateClassifierOptions): Promise<NodeClassifier> {
  const { weights: input, labels, inputSize, engine: wanted = 'auto', threads, images } = options;
  const [{ config, weights, normalization, labels: own }, names, { engine, choice }] = await Promise.all([
    readClassifierWeights(input, { inputSize }),
    labels === undefined ? undefined : readClassNames(labels),
    chooseEngine(wanted, { threads }),
  ]);
  const network = classifierNetwork(config);
  const classes = config.classes ?? 1000;
  return new Classifier({
    config,
    normalization,
    labels: names ?? own ?? Array.from({ length: classes }, (_, index) => `class ${index}`),
    engine: choice,
    inputLayout: engine.inputLayout,
    program: await engine.compile(network, foldBatchNorm(describe(network), weights)),
    readPicture: (image, signal) => readImage(image, { ...images, ...(signal && { signal }) }),
  });
}
