// COCO annotations and a folder of pictures as a data set to train or validate on.

import { access } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readGroundTruthFile } from '@ssdlite/coco-eval/node';
import { SsdliteError } from '@ssdlite/layers';
import {
  type Annotations,
  type DataProblem,
  datasetError,
  type LabelledImage,
  labelledImages,
} from '../data/read-annotations.ts';
import { type DatasetConfig, trainingDataset } from '../data/training-dataset.ts';
import type { Dataset } from '../sample.ts';
import { readPicture } from './read-picture.ts';
import { type WorkerDataset, workerDataset } from './sample-workers.ts';

export interface CocoDatasetOptions {
  /** Path of a JSON file in COCO's format. */
  readonly annotations: string;
  /** Folder of its pictures. */
  readonly images: string;
  /** Categories to learn; default: all that have a box. */
  readonly classes?: readonly string[];
  /** Whether every class needs a box: not for validation. Default true. */
  readonly needsExamples?: boolean;
  /** Default: pictures as they are. */
  readonly config?: DatasetConfig;
  /** Threads that read and augment; 0: the thread that calls. Default: one less than the processor has, 1 to 4. */
  readonly workers?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CocoDataset extends WorkerDataset {
  readonly annotations: Annotations;
  /** What was odd: of the annotations, and files that are not there. */
  readonly problems: readonly (DataProblem | MissingFiles)[];
}

/** Pictures of the annotations that the folder does not have; they are left out. */
export interface MissingFiles {
  readonly code: 'IMAGE_MISSING';
  readonly count: number;
  readonly message: string;
}

/** Share of the pictures that may be missing: beyond it the folder is the wrong one. */
const mostMissing = 0.1;

/** Files that are looked for at once. */
const looksAtOnce = 64;

/**
 * Reads annotations and looks for their pictures; pictures are read when their turn comes.
 *
 * @throws SsdliteError `DATASET_INVALID` for annotations that cannot be trained on (see `labelledImages`), or if more than a tenth of the
 * pictures is not in the folder; `UNKNOWN_CLASS`
 * @example
 * const dataset = await cocoDataset({ annotations: 'train.json', images: 'photos/' });
 */
export async function cocoDataset(options: CocoDatasetOptions): Promise<CocoDataset> {
  const { images: folder, config = {} } = options;
  const { workers = Math.min(Math.max(availableParallelism() - 1, 1), 4) } = options;
  if (!Number.isInteger(workers) || workers < 0) {
    throw new SsdliteError('INVALID_ARGUMENT', `workers is ${workers}.`, {
      value: workers,
      next: 'Pass a whole number of at least 0.',
    });
  }
  const read = await readLabels(options);
  const { present, missing } = await lookFor(read.images, folder);
  const annotations = { ...read, images: present };
  const problems = [...read.problems, ...(missing ? [missing] : [])];
  const made: Dataset & Partial<WorkerDataset> =
    workers === 0
      ? trainingDataset({ annotations, config, read: (image, abort) => readPicture(folder, image, abort) })
      : workerDataset({ folder, classes: read.classes, images: present, config }, { workers });
  return { ...made, dispose: async () => made.dispose?.(), annotations, problems };
}

async function readLabels({
  annotations: path,
  classes,
  needsExamples,
  signal,
}: CocoDatasetOptions): Promise<Annotations> {
  try {
    const groundTruth = await readGroundTruthFile(path, {
      type: 'bbox',
      crowdsOptional: true,
      ...(signal && { signal }),
    });
    return labelledImages(groundTruth, {
      ...(classes && { classes }),
      ...(needsExamples !== undefined && { needsExamples }),
    });
  } catch (error) {
    throw datasetError(error);
  }
}

async function lookFor(
  images: readonly LabelledImage[],
  folder: string,
): Promise<{ present: readonly LabelledImage[]; missing: MissingFiles | undefined }> {
  const there: boolean[] = [];
  for (let from = 0; from < images.length; from += looksAtOnce) {
    const some = images.slice(from, from + looksAtOnce).map(async ({ fileName }) => {
      return access(join(folder, fileName)).then(
        () => true,
        () => false,
      );
    });
    there.push(...(await Promise.all(some)));
  }
  const present = images.filter((_, index) => there[index]);
  const first = images.find((_, index) => !there[index]);
  if (!first) return { present, missing: undefined };
  const count = images.length - present.length;
  const message = `The folder '${folder}' has no '${first.fileName}'${count > 1 ? `, and lacks ${count - 1} more` : ''}: left out.`;
  if (count > images.length * mostMissing) {
    throw new SsdliteError(
      'DATASET_INVALID',
      `${count} of ${images.length} pictures are not in '${folder}'; the first is '${first.fileName}'.`,
      {
        value: first.fileName,
        next: "Name the folder from which the annotations' file names start.",
      },
    );
  }
  return { present, missing: { code: 'IMAGE_MISSING', count, message } };
}
