// Puts a detector together in Node: weights, engine, and what reads pictures.

import { cocoWeights } from '@ssdlite/coco-weights';
import { SsdliteError } from '@ssdlite/layers';
import { Detector } from '../detector.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import { type DetectorWeights, loadDetectorWeights } from '../weights/load-weights.ts';
import { chooseEngine, type NodeEngineName } from './engines/node-engine.ts';
import type { ImageInput } from './image-input.ts';
import { openPicture } from './open-picture.ts';
import { type ReadImageOptions, readImage } from './read-image.ts';
import { readDetectorWeights } from './read-weights.ts';

/** Weights as a caller has them: a path or file URL of the manifest, the safetensors file or their folder, or both in memory. */
export type WeightsInput = string | URL | { readonly manifest: unknown; readonly bytes: Uint8Array };

/** Options of `createDetector`. */
export interface CreateDetectorOptions {
  /** Default: the COCO weights of `@ssdlite/coco-weights`. */
  readonly weights?: WeightsInput;
  /** Default `auto`, the fastest engine that loads. */
  readonly engine?: NodeEngineName | 'auto';
  /** Threads of one inference on onnxruntime-node. Default: its own choice, all cores. */
  readonly threads?: number;
  /** Bounds for the pictures that are read: pixels, bytes and time of a download. */
  readonly images?: Omit<ReadImageOptions, 'signal'>;
}

/** A detector that takes what a Node program has at hand. */
export type NodeDetector = Detector<ImageInput>;

/**
 * Makes a detector: reads and checks the weights, loads an engine, compiles the network.
 *
 * @throws SsdliteError `WEIGHTS_…` if the weights are missing, damaged or of another architecture, `ENGINE_UNAVAILABLE` with what
 *   to install, `INVALID_ARGUMENT`
 * @example
 * const detector = await createDetector();
 * const detections = await detector.detect('photo.jpg', { scoreThreshold: 0.5 });
 * await detector.dispose();
 */
export async function createDetector(options: CreateDetectorOptions = {}): Promise<NodeDetector> {
  const { weights: input = cocoWeights.manifest, engine: wanted = 'auto', threads, images } = options;
  checkThreads(threads);
  // The engine's binary loads while the weights are read.
  const [{ manifest, weights }, { engine, choice }] = await Promise.all([
    loadWeights(input),
    chooseEngine(wanted, { threads }),
  ]);
  const program = await engine.compile(ssdNetwork(manifest.architecture), weights);
  return new Detector({
    manifest,
    engine: choice,
    inputLayout: engine.inputLayout,
    program,
    readPicture: (image, signal) => readImage(image, { ...images, ...(signal && { signal }) }),
    openPicture: (image, { signal, onRows }) =>
      openPicture(image, { ...images, ...(signal && { signal }), onRows }),
  });
}

function loadWeights(input: WeightsInput): Promise<DetectorWeights> {
  return typeof input === 'string' || input instanceof URL
    ? readDetectorWeights(input)
    : loadDetectorWeights(input);
}

function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1)) return;
  throw new SsdliteError('INVALID_ARGUMENT', `threads is ${threads}.`, {
    value: threads,
    next: 'Pass a whole number of at least 1.',
  });
}
