// What an evaluation is asked: pycocotools' Params (cocoeval.py, class Params) with its exact numbers.

/** What is compared. */
export type EvaluationType = 'bbox' | 'segm' | 'keypoints';

/** A range of object areas in square pixels, both ends included. */
export interface AreaRange {
  readonly label: string;
  readonly min: number;
  readonly max: number;
}

export interface EvaluationParams {
  readonly type: EvaluationType;
  /** Sorted, without duplicates. */
  readonly imageIds: readonly number[];
  /** Sorted, without duplicates. */
  readonly categoryIds: readonly number[];
  readonly iouThresholds: readonly number[];
  readonly recallThresholds: readonly number[];
  /** Ascending. */
  readonly maxDetections: readonly number[];
  readonly areaRanges: readonly AreaRange[];
  /** Whether a detection must have the class of the object; `false` is pycocotools' `useCats = 0`. */
  readonly useCategories: boolean;
  /** Standard deviations of the keypoints; keypoints only. */
  readonly sigmas: readonly number[];
  /** Without pycocotools' oddities. Default false. */
  readonly corrected?: boolean;
}

/** `np.linspace(start, stop, count)`: i * step + start, the last exactly `stop`. */
export function linspace(start: number, stop: number, count: number): number[] {
  const step = (stop - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? stop : i * step + start));
}

/** 0.5 to 0.95; the ninth is 0.8999999999999999, as in pycocotools. */
export const cocoIouThresholds: readonly number[] = linspace(0.5, 0.95, 10);

/** 0 to 1 in 101 steps of 0.01, which are not i / 100 throughout. */
export const cocoRecallThresholds: readonly number[] = linspace(0, 1, 101);

const boundless = 1e5 ** 2;
const all: AreaRange = { label: 'all', min: 0, max: boundless };
const small: AreaRange = { label: 'small', min: 0, max: 32 ** 2 };
const medium: AreaRange = { label: 'medium', min: 32 ** 2, max: 96 ** 2 };
const large: AreaRange = { label: 'large', min: 96 ** 2, max: boundless };

/** Size classes by area; keypoints have no small one. */
export function cocoAreaRanges(type: EvaluationType): readonly AreaRange[] {
  return type === 'keypoints' ? [all, medium, large] : [all, small, medium, large];
}

/** Detections per image and class that count, for each of which there is a recall. */
export function cocoMaxDetections(type: EvaluationType): readonly number[] {
  return type === 'keypoints' ? [20] : [1, 10, 100];
}

/** Standard deviations of COCO's 17 keypoints, from nose to ankles. */
export const cocoKeypointSigmas: readonly number[] = [
  0.26, 0.25, 0.25, 0.35, 0.35, 0.79, 0.79, 0.72, 0.72, 0.62, 0.62, 1.07, 1.07, 0.87, 0.87, 0.89, 0.89,
].map((tenth) => tenth / 10);
