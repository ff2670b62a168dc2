// What a run is to do, and what it tells.

import type { AugmentConfig } from '../augment/augment.ts';
import type { RunConfig } from '../run/run-config.ts';
import type { TrainStep, Validation } from '../train.ts';
import type { TrainerConfig } from '../trainer-config.ts';
import type { TrainingEngineName } from './open-device.ts';

/** Labelled pictures on disk. */
export interface LabelledFolder {
  /** JSON file in COCO's format. */
  readonly annotations: string;
  /** Folder of its pictures. */
  readonly images: string;
}

export interface TrainRunOptions {
  /** The run's folder. */
  readonly out: string;
  readonly train: LabelledFolder;
  /** Pictures that are not trained on. Without them nobody knows how good the weights are. */
  readonly validation?: LabelledFolder | undefined;
  /** Categories to learn; default: all of the training annotations that have a box. */
  readonly classes?: readonly string[] | undefined;
  /** Weights to start from: `coco`, `scratch`, or a path. Default `coco`. */
  readonly from?: string;
  /** What is to be other than `defaultConfig` says. */
  readonly config?: Partial<Omit<TrainerConfig, 'architecture'>>;
  /** The same where it depends on how long the run is; goes before `config`. */
  readonly settings?: (run: { readonly steps: number }) => Partial<Omit<TrainerConfig, 'architecture'>>;
  /** Times that every picture is seen. Default 30. */
  readonly epochs?: number | undefined;
  /** Steps of the whole run; goes before `epochs`. */
  readonly steps?: number | undefined;
  /** Pictures per step. Default 8. */
  readonly batchSize?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Default: TF Object Detection's. */
  readonly augment?: AugmentConfig;
  /**
   * Fixed views of each picture, whose features are kept while the backbone is frozen; 0: a new view each time. Default: as many as fit into
   * memory, 2 to 16, with a frozen backbone, else 0.
   */
  readonly views?: number | undefined;
  /** Threads that read pictures. */
  readonly workers?: number | undefined;
  /** Default `tfjs-node`. */
  readonly engine?: TrainingEngineName;
  /** Goes on with the run in the folder, to the same result as if it had not stopped. Default false. */
  readonly resume?: boolean;
  /** Steps between validations. Default: an epoch, or a twentieth of the run if that is more. */
  readonly validateEvery?: number | undefined;
  /** Steps between checkpoints. Default 100. There is one at every validation, too. */
  readonly checkpointEvery?: number | undefined;
  /** Steps between drawings of what is found on four pictures; 0: none. Default: a tenth of the run. */
  readonly sampleEvery?: number | undefined;
  /** SPDX identifier, for the manifest. */
  readonly licence?: string | undefined;
  /** Stops after the step under way; what is done is kept. */
  readonly signal?: AbortSignal | undefined;
}

/** What a run tells while it goes. */
export type RunEvent =
  | {
      readonly kind: 'started';
      readonly config: RunConfig;
      readonly problems: readonly string[] /** Steps done before. */;
      readonly from: number;
    }
  | {
      readonly kind: 'step';
      readonly step: TrainStep;
      readonly picturesPerSecond: number;
      readonly secondsLeft: number;
    }
  | {
      readonly kind: 'validation';
      readonly step: number;
      readonly validation: Validation;
      readonly isBest: boolean;
    }
  | { readonly kind: 'skipped'; readonly message: string }
  | { readonly kind: 'samples'; readonly path: string }
  | { readonly kind: 'stopped'; readonly step: number }
  | ({ readonly kind: 'done' } & RunResult);

export interface RunResult {
  /** Folder of weights and manifest, for `createDetector({ weights })`. */
  readonly weights: string;
  readonly bytes: number;
  readonly report: string;
  /** COCO's figures of the weights as they are stored; undefined without validation. */
  readonly stats: Readonly<Record<string, number>> | undefined;
  readonly seconds: number;
}
