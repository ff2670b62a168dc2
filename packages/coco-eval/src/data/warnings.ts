// What was odd in the input but not refused: counted by kind, the first few records named.

import { CocoEvalError, type CocoEvalErrorCode } from '../error.ts';

/**
 * What can be odd. Codes are stable: they are added, never renamed.
 *
 * | code | meaning | pycocotools |
 * |---|---|---|
 * | `UNKNOWN_CATEGORY` | a category id that the ground truth does not list | drops the record |
 * | `UNKNOWN_IMAGE` | an annotation of an image that is not listed | drops the record |
 * | `DUPLICATE_ID` | annotations, images or categories that share an id | loads the last one, once for each annotation |
 * | `ID_ZERO` | an annotation with the id 0 | counts what it is matched to as unmatched |
 * | `NOT_FINITE` | a number that is NaN or infinite, or a box whose area is | computes with it |
 * | `NEGATIVE_SIZE` | a box of negative width or height | computes with it |
 * | `NORMALIZED_BOXES` | boxes that look like fractions of the image instead of pixels | AP is 0 |
 * | `CORNER_BOXES` | boxes that look like left, top, right, bottom | AP is low |
 * | `MASK_SIZE` | a mask whose size is not that of its image | overlap is -1 |
 * | `MASK_RUNS` | run lengths that do not add up to the mask's size | computes with them |
 * | `DUPLICATE_DETECTION` | a detection that is there more than once, to the last digit | counts each |
 */
export type WarningCode =
  | 'UNKNOWN_CATEGORY'
  | 'UNKNOWN_IMAGE'
  | 'DUPLICATE_ID'
  | 'ID_ZERO'
  | 'NOT_FINITE'
  | 'NEGATIVE_SIZE'
  | 'NORMALIZED_BOXES'
  | 'CORNER_BOXES'
  | 'MASK_SIZE'
  | 'MASK_RUNS'
  | 'DUPLICATE_DETECTION';

/** One kind of oddness. */
export interface EvaluationWarning {
  readonly code: WarningCode;
  /** What is odd, and what becomes of it; names the first record. */
  readonly message: string;
  /** How many records. */
  readonly count: number;
  /** Places (from 0) of the first few in `annotations`, `images`, `categories` or the results. */
  readonly records: readonly number[];
}

/** Collects warnings; throws the first instead if strict. */
export class WarningCollector {
  readonly #kinds = new Map<
    string,
    { code: WarningCode; first: string; effect: string; count: number; records: number[] }
  >();
  readonly #errorCode: CocoEvalErrorCode;
  readonly #strict: boolean;

  constructor(errorCode: CocoEvalErrorCode, { strict }: { readonly strict: boolean }) {
    this.#errorCode = errorCode;
    this.#strict = strict;
  }

  /** @param what a sentence about one record, called only for those that are shown */
  add(
    code: WarningCode,
    { record, what, effect, value }: { record: number; what: () => string; effect: string; value?: unknown },
  ): void {
    if (this.#strict)
      throw new CocoEvalError(this.#errorCode, what(), {
        value,
        next: 'Correct it, or evaluate without `strict`.',
      });
    const key = `${code} ${effect}`;
    const kind = this.#kinds.get(key);
    if (!kind) this.#kinds.set(key, { code, first: what(), effect, count: 1, records: [record] });
    else {
      kind.count++;
      if (kind.records.length < 5) kind.records.push(record);
    }
  }

  list(): EvaluationWarning[] {
    return [...this.#kinds.values()].map(({ code, first, effect, count, records }) => ({
      code,
      message: count === 1 ? `${first} ${effect}` : `${first} (${count - 1} more like it.) ${effect}`,
      count,
      records,
    }));
  }
}
