// Masks and keypoints of results on their way into columns (pycocotools/coco.py, loadRes).

import { area, type Rle, toBbox } from '../mask/rle.ts';
import type { EvaluationType } from '../metric/params.ts';
import type { DetectionColumns } from './columns.ts';
import { GrowingFloats } from './growing-floats.ts';
import { isNumbers, missingField, wrongField } from './raw-record.ts';
import type { DerivedBox, ReadDetection, ShapeContext, ShapeReader } from './shape-reader.ts';
import { boxMask, checkMask, emptyMask, toMask } from './to-mask.ts';
import type { WarningCollector } from './warnings.ts';

/** Keeps the masks or keypoints that an evaluation needs, and gives boxes where results have none. */
export class DetectionShapes implements ShapeReader {
  readonly #type: EvaluationType;
  readonly #warnings: WarningCollector;
  readonly #masks: Rle[] = [];
  readonly #keypoints = new GrowingFloats();
  #keypointNumbers: number | undefined;

  constructor({ type, warnings }: ShapeContext) {
    this.#type = type;
    this.#warnings = warnings;
  }

  /** @throws CocoEvalError `INVALID_RESULTS`, naming the record */
  add(detection: ReadDetection): DerivedBox | undefined {
    const { kind } = detection;
    const ofMask = this.#type === 'segm' || kind === 'segmentation' ? this.#addMask(detection) : undefined;
    const ofPoints =
      this.#type === 'keypoints' || kind === 'keypoints' ? this.#addKeypoints(detection) : undefined;
    return ofMask ?? ofPoints;
  }

  columns(): Pick<DetectionColumns, 'masks' | 'keypoints'> {
    return {
      ...(this.#type === 'segm' && { masks: this.#masks }),
      ...(this.#type === 'keypoints' && { keypoints: this.#keypoints.values() }),
    };
  }

  #addMask({ record, of, kind, image }: ReadDetection): DerivedBox | undefined {
    if (!record.has('segmentation')) {
      if (kind === 'keypoints') throw missingField(of, 'segmentation');
      this.#masks.push(image ? boxMask(record.box, { of, image }) : emptyMask);
      return undefined;
    }
    const mask = toMask(record.segmentation, { of, image, compressedOnly: kind === 'segmentation' });
    checkMask(mask, { of, image, warnings: this.#warnings });
    if (this.#type === 'segm') this.#masks.push(mask);
    if (kind !== 'segmentation') return undefined;
    return { box: record.has('bbox') ? record.box : toBbox(mask), area: area(mask) };
  }

  #addKeypoints({ record, of, kind }: ReadDetection): DerivedBox | undefined {
    if (!record.has('keypoints')) throw missingField(of, 'keypoints');
    const { keypoints } = record;
    const expected = this.#keypointNumbers;
    if (
      !isNumbers(keypoints) ||
      keypoints.length === 0 ||
      keypoints.length % 3 !== 0 ||
      keypoints.length !== (expected ?? keypoints.length)
    ) {
      throw wrongField(of, {
        name: 'keypoints',
        value: keypoints,
        expected:
          expected === undefined ? 'x, y, v of each point' : `${expected} numbers: x, y, v of each point`,
      });
    }
    if (this.#type === 'keypoints') {
      this.#keypointNumbers = keypoints.length;
      this.#keypoints.pushAll(keypoints);
    }
    if (kind !== 'keypoints') return undefined;
    const [left, right] = extent(keypoints, 0);
    const [top, bottom] = extent(keypoints, 1);
    return { box: [left, top, right - left, bottom - top], area: (right - left) * (bottom - top) };
  }
}

function extent(keypoints: readonly number[], axis: 0 | 1): [min: number, max: number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = axis; i < keypoints.length; i += 3) {
    min = Math.min(min, keypoints[i] as number);
    max = Math.max(max, keypoints[i] as number);
  }
  return [min, max];
}
