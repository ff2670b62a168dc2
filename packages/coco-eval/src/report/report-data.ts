// What a report page shows, as the JSON inside of it: written by the evaluation, read by the page's script.

import type { EvaluationType } from '../metric/params.ts';

/** A name and what it is. */
export type ReportFact = readonly [name: string, value: string];

/** A page about an evaluation, or about a data set. */
export type Report = EvaluationReport | DatasetReport;

export interface EvaluationReport {
  readonly kind: 'evaluation';
  readonly title: string;
  /** Where the figures come from: files, weights, engine. */
  readonly facts: readonly ReportFact[];
  readonly type: EvaluationType;
  /** By LVIS's rules confusions and calibration are null: categories are annotated on some pictures only. */
  readonly rules: 'coco' | 'lvis';
  readonly counts: {
    readonly images: number;
    readonly categories: number;
    readonly truths: number;
    readonly detections: number;
  };
  readonly warnings: readonly string[];
  /** Overlap from which a detection is right, wherever one number is meant. */
  readonly iouThreshold: number;
  /** What the confusions and the pictures are for. */
  readonly scoreThreshold: number;
  /** Score thresholds that the page can be set to, ascending. */
  readonly thresholds: readonly number[];
  /** All categories together first, then one by one. */
  readonly subjects: readonly ReportSubject[];
  /** Null where there are not two categories, and by LVIS's rules. */
  readonly confusions: ReportConfusions | null;
  readonly pictures: readonly ReportPicture[];
  /** Of the keypoints on the pictures. */
  readonly skeletons: readonly ReportSkeleton[];
}

/** Figures of all categories together, or of one. */
export interface ReportSubject {
  readonly name: string;
  /** LVIS: whether the category is rare, common or frequent. */
  readonly frequency?: string;
  readonly truths: number;
  readonly detections: number;
  /** By name; -1 where there is nothing to measure. */
  readonly stats: Readonly<Record<string, number>>;
  /** True and false positives of the detections with at least each of `thresholds`. */
  readonly right: readonly number[];
  readonly wrong: readonly number[];
  /** Where F1 is highest; null without detections. */
  readonly best: ReportPoint | null;
  /** Precision over recall, by IoU threshold. */
  readonly curves: readonly ReportCurve[];
  /** TIDE's kinds of errors, in the order of their names. */
  readonly errors: readonly ReportError[];
  /** Null where scores are no probabilities, and by LVIS's rules. */
  readonly calibration: ReportCalibration | null;
}

/** A threshold and what passes it. */
export interface ReportPoint {
  readonly threshold: number;
  readonly right: number;
  readonly wrong: number;
}

export interface ReportCurve {
  readonly iouThreshold: number;
  readonly recall: readonly number[];
  readonly precision: readonly number[];
}

export interface ReportError {
  readonly kind: string;
  readonly count: number;
  /** AP that correcting these errors alone would add. */
  readonly cost: number;
}

export interface ReportCalibration {
  /** Expected calibration error. */
  readonly error: number;
  /** Of equal width, from 0 to 1; confidence and precision are -1 in an empty bin. */
  readonly bins: readonly {
    readonly count: number;
    readonly confidence: number;
    readonly precision: number;
  }[];
}

export interface ReportConfusions {
  /** Rows and columns, most objects first; the last is the background. */
  readonly names: readonly string[];
  /** Objects of each; of the background, the detections of nothing. */
  readonly objects: readonly number[];
  /** What is not 0: true category, detected category, count. */
  readonly cells: readonly (readonly [row: number, column: number, count: number])[];
  /** What is taken for what most often, of all categories. */
  readonly worst: readonly (readonly [object: string, takenFor: string, count: number])[];
}

/** A picture with what went right and wrong on it. */
export interface ReportPicture {
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Figures below its name. */
  readonly note: string;
  /** Which gallery it is shown in. */
  readonly group: string;
  readonly boxes: readonly ReportBox[];
  /** A `data:` URL, if the pictures are there. */
  readonly source?: string;
}

export interface ReportBox {
  /** Left, top, width, height in pixels. */
  readonly box: readonly [number, number, number, number];
  readonly kind: BoxKind;
  readonly label: string;
  /**
   * Drawn instead of the box where masks were compared: rings of x, y, x, y, … in whole pixels, as COCO's polygons; what is inside is
   * told by the even-odd rule.
   */
  readonly outline?: readonly (readonly number[])[];
  /** Drawn instead of the box where keypoints were compared. */
  readonly keypoints?: ReportKeypoints;
}

export interface ReportKeypoints {
  /** x, y, visibility of each, in pixels: 0 is not drawn, 1 is hidden behind something, 2 is seen. */
  readonly points: readonly number[];
  /** Place in `skeletons`, or -1. */
  readonly skeleton: number;
}

/** What the keypoints of a category are. */
export interface ReportSkeleton {
  /** Names of the points; may be empty. */
  readonly names: readonly string[];
  /** Points that are joined, counted from 0. */
  readonly bones: readonly (readonly [from: number, to: number])[];
}

/** A detection that is right or wrong; an object that was found or missed; a plain annotation; one that is broken. */
export type BoxKind = 'right' | 'wrong' | 'found' | 'missed' | 'plain' | 'broken';

/** What a data set holds, and what is wrong with it. */
export interface DatasetReport {
  readonly kind: 'dataset';
  readonly title: string;
  readonly facts: readonly ReportFact[];
  /** Size classes, in the order of `DatasetReportCategory.sizes`. */
  readonly sizes: readonly string[];
  readonly categories: readonly DatasetReportCategory[];
  readonly problems: readonly DatasetReportProblem[];
  readonly pictures: readonly ReportPicture[];
}

export interface DatasetReportCategory {
  readonly name: string;
  readonly images: number;
  readonly objects: number;
  readonly crowds: number;
  readonly sizes: readonly number[];
}

export interface DatasetReportProblem {
  readonly code: string;
  readonly severity: 'error' | 'note';
  readonly what: string;
  readonly count: number;
  readonly examples: readonly string[];
}
