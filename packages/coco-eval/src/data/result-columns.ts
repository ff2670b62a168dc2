// Detections as columns that the caller has, so that a detector needs no object per detection.

import { CocoEvalError } from '../error.ts';
import type { Rle } from '../mask/rle.ts';
import type { DetectionBuilder } from './detection-builder.ts';
import { type FieldName, fieldAt, RawRecord, show } from './raw-record.ts';

/** Detections, one per place; what is not there is not known. The same rules hold as for COCO's results. */
export interface ResultColumns {
  readonly imageIds: ArrayLike<number>;
  readonly categoryIds: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  /** `[count, 4]`: left, top, width, height in pixels. */
  readonly boxes?: ArrayLike<number>;
  readonly masks?: readonly Rle[];
  /** `[count, points * 3]`: x, y, v. */
  readonly keypoints?: ArrayLike<number>;
}

export function isResultColumns(source: unknown): source is ResultColumns {
  return typeof source === 'object' && source !== null && 'imageIds' in source;
}

/** @throws CocoEvalError `INVALID_RESULTS` */
export function addColumns(columns: ResultColumns, builder: DetectionBuilder): void {
  const { imageIds, categoryIds, scores, boxes, masks, keypoints } = columns;
  const count = checkLength('imageIds', imageIds);
  checkLength('categoryIds', categoryIds, count);
  checkLength('scores', scores, count);
  if (boxes) checkLength('boxes', boxes, count * 4);
  if (masks) checkLength('masks', masks, count);
  const size = keypoints ? checkLength('keypoints', keypoints) / Math.max(count, 1) : 0;
  const record = new RawRecord();
  const set = (name: FieldName, value: number | undefined): void => {
    if (typeof value !== 'number') throw notNumbers(name, value);
    record.numbers[fieldAt[name]] = value;
    record.fields |= 1 << fieldAt[name];
  };
  for (let place = 0; place < count; place++) {
    record.clear();
    set('image_id', imageIds[place]);
    set('category_id', categoryIds[place]);
    set('score', scores[place]);
    if (boxes) {
      for (let i = 0; i < 4; i++) {
        const value = boxes[place * 4 + i];
        if (typeof value !== 'number') throw notNumbers('boxes', value);
        record.box[i] = value;
      }
      record.fields |= 1 << fieldAt.bbox;
    }
    if (masks) {
      const { height, width, counts } = masks[place] ?? {};
      record.segmentation = { size: [height, width], counts };
      record.fields |= 1 << fieldAt.segmentation;
    }
    if (keypoints) {
      record.keypoints = Array.from({ length: size }, (_, i) => keypoints[place * size + i]);
      record.fields |= 1 << fieldAt.keypoints;
    }
    builder.add(record);
  }
}

function checkLength(name: keyof ResultColumns, column: ArrayLike<unknown>, length?: number): number {
  const actual: unknown = (column as ArrayLike<unknown> | null | undefined)?.length;
  if (typeof actual === 'number' && actual === (length ?? actual)) return actual;
  throw new CocoEvalError(
    'INVALID_RESULTS',
    `The column ${name} has the length ${show(actual)}, not ${length}.`,
    {
      value: actual,
      next: 'All columns are of the same detections: boxes have four numbers each.',
    },
  );
}

function notNumbers(name: string, value: unknown): CocoEvalError {
  return new CocoEvalError('INVALID_RESULTS', `The column of ${name} holds ${show(value)}.`, {
    value,
    next: 'Columns are of numbers.',
  });
}
