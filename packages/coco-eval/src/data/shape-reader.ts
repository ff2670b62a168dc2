// What reads the masks and keypoints of records, and what it is given.

import type { EvaluationType } from '../metric/params.ts';
import type { CocoImage } from './coco-types.ts';
import type { DetectionColumns, TruthColumns } from './columns.ts';
import type { RawRecord, RecordName } from './raw-record.ts';
import type { WarningCollector } from './warnings.ts';

/** What all records are taken for: the first of these fields that the first record has. */
export const kinds = ['bbox', 'segmentation', 'keypoints'] as const;

export type Kind = (typeof kinds)[number];

/** A record as the readers of its parts see it. */
export interface ReadDetection {
  readonly record: RawRecord;
  readonly of: RecordName;
  readonly kind: Kind;
  readonly image: CocoImage | undefined;
}

/** The box and the area of a record that is not taken for a box. */
export interface DerivedBox {
  readonly box: ArrayLike<number>;
  readonly area: number;
}

/** Reads masks and keypoints. Without one, records are boxes. */
export interface ShapeReader {
  add(detection: ReadDetection): DerivedBox | undefined;
  columns(): Pick<DetectionColumns, 'masks' | 'keypoints'>;
}

/** What a reader of shapes is made for. */
export interface ShapeContext {
  readonly type: EvaluationType;
  readonly warnings: WarningCollector;
}

/** An annotation of an image and a category that are listed. */
export interface KnownTruth {
  readonly of: RecordName;
  readonly image: CocoImage;
  readonly truths: TruthColumns;
  readonly warnings: WarningCollector;
}

/** Reads masks and keypoints, as they come, and again as far as they are known. Without one, annotations are boxes. */
export interface TruthShapeReader {
  add(record: RawRecord): void;
  take(truth: KnownTruth): void;
  columns(): Partial<TruthColumns>;
}
