// What weights find on labelled pictures, by the detector's own rules, next to what is there.

import type { CocoAnnotation, CocoDataset, CocoDetection } from '@ssdlite/coco-eval';
import type { Weights } from '@ssdlite/layers';
import {
  Detector,
  type Engine,
  encodeDetector,
  type Label,
  type ScoreConverter,
  type SsdConfig,
  ssdNetwork,
} from 'ssdlite';
import type { Dataset, Sample } from '../sample.ts';

/** A detector in the making. */
export interface Candidate {
  readonly architecture: SsdConfig;
  readonly labels: readonly Label[];
  /** How its logits become scores; what it was trained with. Default `sigmoid`. */
  readonly scoreConverter?: ScoreConverter;
  /** With batch norm folded. */
  readonly weights: Weights;
}

/** Ground truth and detections of the same pictures, in COCO's terms; image ids are numbers in the data set. */
export interface DetectedDataset {
  readonly truth: CocoDataset;
  readonly detections: readonly CocoDetection[];
}

/** COCO's figures look at 100 boxes of any score. */
const everything = { scoreThreshold: 0, maxDetections: 100 } as const;

/**
 * Runs weights on all pictures of a data set.
 *
 * @param options.onError receives what is wrong with a picture that cannot be read; it does not count. Without it, the call fails
 * @throws SsdliteError `ABORTED`, and what `dataset.sample` throws
 */
export async function detectDataset(
  { weights, ...facts }: Candidate,
  options: {
    readonly dataset: Dataset;
    readonly engine: Engine;
    readonly signal?: AbortSignal | undefined;
    readonly onError?: (error: unknown, index: number) => void;
  },
): Promise<DetectedDataset> {
  const { dataset, engine, signal, onError } = options;
  const { architecture, labels } = facts;
  const named = { name: 'candidate', ...facts, metrics: [], notes: [] };
  const { manifest } = await encodeDetector(weights, named, 'float32');
  const read = new Map<number, Sample>();
  const detector = new Detector<number>({
    manifest,
    engine: { name: engine.name, reason: 'asked for', unavailable: [] },
    inputLayout: engine.inputLayout,
    program: await engine.compile(ssdNetwork(architecture), weights),
    async readPicture(index) {
      const sample = await dataset.sample(index, { epoch: 0, signal });
      read.set(index, { ...sample, pixels: { ...sample.pixels, data: new Uint8Array(0) } });
      const { data, width, height } = sample.pixels;
      return {
        data: data instanceof Float32Array ? Uint8ClampedArray.from(data) : data,
        width,
        height,
        channels: 3,
      };
    },
  });
  const detections: CocoDetection[] = [];
  try {
    const stream = detector.detectStream(
      Array.from({ length: dataset.length }, (_, index) => index),
      {
        ...everything,
        ...(signal && { signal }),
        ...(onError && { onError }),
      },
    );
    for await (const { index, detections: found } of stream) {
      for (const { classId, score, box } of found) {
        const bbox = [box.x, box.y, box.width, box.height];
        detections.push({ image_id: index, category_id: classId, score, bbox });
      }
    }
  } finally {
    await detector.dispose();
  }
  const images = [...read].map(
    ([
      id,
      {
        pixels: { width, height },
      },
    ]) => ({ id, width, height }),
  );
  const annotations = [...read].flatMap(([index, sample]) => annotationsOf(index, sample));
  return {
    truth: {
      images,
      categories: labels,
      annotations: annotations.map((annotation, id) => ({ ...annotation, id: id + 1 })),
    },
    detections,
  };
}

function annotationsOf(image_id: number, sample: Sample): Omit<CocoAnnotation, 'id'>[] {
  const { boxes, classes, boxWeights, pixels } = sample;
  return Array.from(classes, (category_id, row) => {
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(row * 4, row * 4 + 4);
    const width = (xmax - xmin) * pixels.width;
    const height = (ymax - ymin) * pixels.height;
    const bbox = [xmin * pixels.width, ymin * pixels.height, width, height];
    return { image_id, category_id, bbox, area: width * height, iscrowd: boxWeights?.[row] === 0 };
  });
}
