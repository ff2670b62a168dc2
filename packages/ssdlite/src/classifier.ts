// The ImageNet classifier: what a whole picture shows.

import type { ClassifierConfig, Normalization } from '@ssdlite/backbone';
import { SsdliteError } from '@ssdlite/layers';
import { place, type Size } from './detect/placement.ts';
import { resolveRegion } from './detect/resolve-region.ts';
import type { BoxXywh } from './detection.ts';
import type { EngineChoice } from './engine.ts';
import { ImageNetwork, type ImageNetworkParts } from './image-network.ts';

/** One class and how probable it is. */
export interface Classification {
  readonly label: string;
  /** Place among the classes, from 0. */
  readonly index: number;
  /** 0 to 1. Those of all classes sum to 1, unless the head gives each class its own sigmoid. */
  readonly probability: number;
}

/** Options of `classify`. */
export interface ClassifyOptions {
  /** How many classes, the most probable first. Default 5. */
  readonly top?: number;
  /** Look only at this part of the picture, in its pixels. */
  readonly region?: BoxXywh;
  /** Ends the call with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** What a classifier is made of. `createClassifier` of `ssdlite/node` puts the parts together. */
export interface ClassifierParts<Input>
  extends Pick<ImageNetworkParts<Input>, 'readPicture' | 'inputLayout' | 'program'> {
  readonly config: ClassifierConfig;
  readonly normalization: Normalization;
  /** One name per class. */
  readonly labels: readonly string[];
  readonly engine: EngineChoice;
}

/** Says what a picture shows. Calls may overlap; what a call needs travels with it. */
export class Classifier<Input> {
  /** Which engine serves, and why. */
  readonly engine: EngineChoice;
  /** One name per class. */
  readonly labels: readonly string[];
  /** Pixels to which a picture is squashed. */
  readonly inputSize: Size;
  readonly #network: ImageNetwork<Input, 'probabilities'>;

  constructor({ config, labels, engine, ...parts }: ClassifierParts<Input>) {
    const classes = config.classes ?? 1000;
    if (labels.length !== classes) {
      throw new SsdliteError(
        'WEIGHTS_MISMATCH',
        `There are ${labels.length} labels for ${classes} classes.`,
        {
          value: labels.length,
          next: 'Give one label per class, in the order in which the weights were trained.',
        },
      );
    }
    this.engine = engine;
    this.labels = labels;
    this.inputSize = config.inputSize;
    this.#network = new ImageNetwork(parts);
  }

  /**
   * The most probable classes of a picture.
   *
   * @throws SsdliteError `INVALID_ARGUMENT`, `IMAGE_…`, `FETCH_FAILED`, `ABORTED`, `ENGINE_FAILED`, `DETECTOR_DISPOSED`
   * @example
   * await classifier.classify('photo.jpg', { top: 1 }); // [{ label: 'tabby', index: 281, probability: 0.82 }]
   */
  async classify(image: Input, { top = 5, region, signal }: ClassifyOptions = {}): Promise<Classification[]> {
    if (!Number.isInteger(top) || top < 1) {
      throw new SsdliteError('INVALID_ARGUMENT', `top is ${top}.`, {
        value: top,
        next: 'Pass a whole number of at least 1.',
      });
    }
    const plan = (size: Size) => [
      place(resolveRegion(region, size), { input: this.inputSize, letterbox: false }),
    ];
    return this.#network.infer([image], { plan, signal }, ([inference]) => {
      const probabilities = inference?.passes[0]?.outputs.probabilities ?? new Float32Array();
      return Array.from(probabilities, (probability, index) => ({
        label: this.labels[index] ?? String(index),
        index,
        probability,
      }))
        .sort((a, b) => b.probability - a.probability || a.index - b.index)
        .slice(0, top);
    });
  }

  /** Waits for calls under way and gives all memory back. Harmless when called again; any other call after it is an error. */
  dispose(): Promise<void> {
    return this.#network.dispose();
  }
}
