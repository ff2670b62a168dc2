// What the steps of an evaluation share.

import type { GroundTruth } from '@ssdlite/coco-eval';
import type { NodeDetector } from 'ssdlite/node';
import type { DetectionOptions } from '../options/detect-options.ts';
import type { NetworkOptions } from '../options/network-options.ts';
import type { Session } from '../session.ts';
import type { CategoryMap } from './category-map.ts';
import type { EvaluationPicture } from './evaluation-pictures.ts';

/** As commander gives them. */
export interface EvalOptions extends NetworkOptions, DetectionOptions {
  readonly images: string;
  readonly annotations: string;
  readonly names?: string;
  /** The detections. */
  readonly json?: string;
  /** All figures as JSON. */
  readonly figures?: string;
  readonly report?: string;
  readonly presentOnly?: boolean;
  readonly limit?: number;
  readonly quiet?: boolean;
}

export interface EvalRun {
  readonly session: Session;
  readonly options: EvalOptions;
  readonly detector: NodeDetector;
  readonly groundTruth: GroundTruth;
  readonly categories: CategoryMap;
  readonly pictures: readonly EvaluationPicture[];
}
