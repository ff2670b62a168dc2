// The options of one call, as a caller gives them and as the stages need them.

import type { BoxXywh, BoxXyxy } from '../detection.ts';
import type { ClassReference } from '../labels.ts';
import type { PartialResult, PassProgress, ViewsReport } from '../quality/progress-of-views.ts';
import type { ResolvedQuality } from '../quality/resolve-quality.ts';
import type { Quality } from '../quality/views.ts';
import type { Timings } from '../stopwatch.ts';

/**
 * How overlapping boxes are thinned out.
 *
 * - `per-class`: the best box of a class suppresses others of that class (TF-OD's rule).
 * - `class-agnostic`: it suppresses those of every class.
 * - `soft-gaussian`, `soft-linear`: per class, overlapping boxes lose score instead of going.
 * - `soft-vote`: per class, boxes of one object become their weighted mean, and overlapping ones lose score.
 */
export type NmsKind = 'per-class' | 'class-agnostic' | 'soft-gaussian' | 'soft-linear' | 'soft-vote';

/** Boxes by the name of their format; `normalised` is xywh as fractions of the image. */
export interface BoxFormats {
  readonly xywh: BoxXywh;
  readonly xyxy: BoxXyxy;
  readonly normalised: BoxXywh;
}

/** Name of a box format. */
export type BoxFormat = keyof BoxFormats;

/** Options of `detect`, `detectBatch` and `detectStream`; all are per call. */
export interface DetectOptions<Format extends BoxFormat = BoxFormat> {
  /**
   * Lowest score, 0 to 1. Default 0.5. `calibrated`: each class has its own, measured when the weights were made and kept in their manifest;
   * a class without one has 0.5.
   */
  readonly scoreThreshold?: number | 'calibrated';
  /** Lowest score of single classes, by name or id; goes before `scoreThreshold`. */
  readonly classThresholds?: Readonly<Record<string, number>>;
  /** Only these classes, by name or id. Default all. */
  readonly classes?: readonly ClassReference[];
  /** Not these classes, by name or id; goes before `classes`. */
  readonly excludeClasses?: readonly ClassReference[];
  /** Boxes over this IoU with a better one are suppressed, 0 to 1. Default 0.6; 0.3 for `soft-linear`. */
  readonly iouThreshold?: number;
  /** Default `per-class`. Not with a `quality` other than `fast`, which fuses boxes in its own way. */
  readonly nms?: NmsKind;
  /** Width of the decay of `soft-gaussian`. Default 0.5. */
  readonly softNmsSigma?: number;
  /** Most boxes a picture. Default 100, with `tileSize` 10,000. */
  readonly maxDetections?: number;
  /** Look only at this part of the picture, in its pixels; boxes are still in pixels of the whole. Must lie inside the picture. */
  readonly region?: BoxXywh;
  /** Keep the picture's shape and fill the rest with grey, instead of squashing it as the weights were trained. Default false. */
  readonly letterbox?: boolean;
  /**
   * How much is spent on a picture: `fast` (default) is one pass of the network; `balanced`, `high` and `max` look at several sizes and
   * fuse what they find, at about 4, 8 and 16 times the cost. Or the name of a level in the weights' manifest, or views of your own.
   */
  readonly quality?: Quality;
  /**
   * For large pictures: look at tiles of this many pixels of the picture, of twice as many, and so on up to the whole picture, each by the
   * views of the quality. `auto` chooses the size by the objects that a few tiles find. Encoded pictures of any size are then read in
   * parts, never whole.
   */
  readonly tileSize?: number | 'auto';
  /** Leave larger views out where the first one saw no trace of anything small. Default false. */
  readonly adaptive?: boolean;
  /**
   * Milliseconds that the call should take: views that would not end in time are made smaller, or left out. The first view is always looked at. `onViews`
   * tells whether the result is complete.
   */
  readonly budgetMs?: number;
  /** Receives what was found so far, after every view but the last. */
  onPartial?(partial: PartialResult<BoxFormats[Format]>): void;
  /** Receives how far a picture is: after every view, and after every tile; while a large picture is decoded, too. */
  readonly onProgress?: (progress: PassProgress) => void;
  /** Receives which views the result is made of, once per picture. */
  readonly onViews?: (report: ViewsReport) => void;
  /** Default `xywh`. */
  readonly boxFormat?: Format;
  /** Ends the call with `ABORTED`. */
  readonly signal?: AbortSignal;
  /** Receives how long each stage took, once per picture. */
  readonly onTimings?: (timings: Timings) => void;
}

/** Checked options with all defaults, classes resolved to columns of the logits. */
export interface ResolvedOptions<Format extends BoxFormat = BoxFormat> {
  /** By column; Infinity where a class is not wanted. */
  readonly thresholds: Float64Array;
  readonly iouThreshold: number;
  readonly nms: NmsKind;
  readonly softNmsSigma: number;
  readonly maxDetections: number;
  readonly region: BoxXywh | undefined;
  readonly letterbox: boolean;
  /** Undefined for one pass by TF-OD's rule. */
  readonly quality: ResolvedQuality | undefined;
  readonly tileSize: number | 'auto' | undefined;
  readonly adaptive: boolean;
  readonly budgetMs: number | undefined;
  readonly onPartial: ((partial: PartialResult<BoxFormats[Format]>) => void) | undefined;
  readonly onProgress: ((progress: PassProgress) => void) | undefined;
  readonly onViews: ((report: ViewsReport) => void) | undefined;
  readonly boxFormat: Format;
  readonly signal: AbortSignal | undefined;
  readonly onTimings: ((timings: Timings) => void) | undefined;
}

/** All of them. */
export const nmsKinds: readonly NmsKind[] = [
  'per-class',
  'class-agnostic',
  'soft-gaussian',
  'soft-linear',
  'soft-vote',
];
