// Score thresholds of single classes, measured on pictures and kept in the manifest: what `scoreThreshold: 'calibrated'` uses.

import type { JsonValue } from '@ssdlite/layers';
import type { Label } from '../labels.ts';

/** A class's threshold, and what it gave on the pictures that it was measured on. All numbers are 0 to 1. */
export interface ClassThreshold {
  /** Class id: the column of the logits. */
  readonly id: number;
  readonly scoreThreshold: number;
  readonly precision: number;
  readonly recall: number;
  /** 2 * precision * recall / (precision + recall) */
  readonly f1: number;
}

/** Thresholds and how they came about. */
export interface CalibratedThresholds {
  /** E.g. `val.json, 120 pictures`. */
  readonly dataSet: string;
  /** E.g. `highest F1 at IoU 0.5`. */
  readonly method: string;
  /** Classes that could be measured. */
  readonly classes: readonly ClassThreshold[];
}

/** @throws SsdliteError `WEIGHTS_DAMAGED` with the path of what is wrong */
export function readCalibratedThresholds(json: JsonValue, labels: readonly Label[]): CalibratedThresholds {
  json.only(['dataSet', 'method', 'classes']);
  const known = new Set(labels.map(({ id }) => id));
  return {
    dataSet: json.get('dataSet').string(),
    method: json.get('method').string(),
    classes: json
      .get('classes')
      .items()
      .map((item) => {
        item.only(['id', 'scoreThreshold', 'precision', 'recall', 'f1']);
        const id = item.get('id').integer(1);
        // Each class once.
        if (!known.delete(id)) throw item.get('id').mustBe('the id of a label, once');
        const fraction = (name: string): number => {
          const value = item.get(name).number();
          if (value >= 0 && value <= 1) return value;
          throw item.get(name).mustBe('a number from 0 to 1');
        };
        return {
          id,
          scoreThreshold: fraction('scoreThreshold'),
          precision: fraction('precision'),
          recall: fraction('recall'),
          f1: fraction('f1'),
        };
      }),
  };
}
