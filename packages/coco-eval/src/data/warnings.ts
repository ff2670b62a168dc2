// What was odd in the input but not refused: counted by kind, the first few records named.

import { type RecordName, refuse } from './raw-record.ts';

/**
 * What can be odd, and what pycocotools makes of it. Codes are stable: they are added, never renamed.
 *
 * | code | meaning |
 * |---|---|
 * | `UNKNOWN_CATEGORY` | a category that the ground truth does not list |
 * | `UNKNOWN_IMAGE` | an annotation of an image that is not listed |
 * | `DUPLICATE_ID` | an annotation, image or category whose id was there before |
 * | `ID_ZERO` | an annotation with the id 0 |
 * | `NOT_FINITE` | a score, area or box that is NaN or infinite, or a box whose area is |
 * | `NEGATIVE_SIZE` | a box of negative width or height |
 * | `NORMALIZED_BOXES` | boxes that look like fractions of the image instead of pixels |
 * | `CORNER_BOXES` | boxes that look like left, top, right, bottom |
 * | `MASK_SIZE` | a mask whose size is not that of its image |
 * | `EMPTY_COUNTS` | a mask without any runs |
 * | `ODD_PARAMETERS` | parameters for which pycocotools gives -1 or 0 |
 */
export type WarningCode = keyof typeof effects | 'ODD_PARAMETERS';

const effects = {
  UNKNOWN_CATEGORY: 'As in pycocotools it does not count.',
  UNKNOWN_IMAGE: 'As in pycocotools it does not count.',
  DUPLICATE_ID:
    'As in pycocotools the last one with the id counts, as often as the id is there; ids must differ.',
  ID_ZERO: 'As in pycocotools a detection of it counts as wrong; number annotations from 1.',
  NOT_FINITE: 'The figures can be wrong; write finite numbers.',
  NEGATIVE_SIZE: 'It matches nothing; boxes are left, top, width, height.',
  NORMALIZED_BOXES: 'They match nothing; multiply them by width and height of their image.',
  CORNER_BOXES: 'They match little; write left, top, width, height instead of left, top, right, bottom.',
  MASK_SIZE: 'As in pycocotools it matches nothing; encode it at the size of the image.',
  EMPTY_COUNTS: 'It counts as an empty mask.',
} as const;

/** One kind of oddness. */
export interface EvaluationWarning {
  readonly code: WarningCode;
  /** Names the first record, what is odd about it, and what becomes of it. */
  readonly message: string;
  /** What `records` are places in. */
  readonly list: RecordName['list'] | 'parameters';
  /** How many records. */
  readonly count: number;
  /** Places of the first few, from 0. */
  readonly records: readonly number[];
}

interface Kind {
  readonly code: keyof typeof effects;
  readonly list: RecordName['list'];
  readonly first: string;
  readonly records: number[];
  count: number;
}

const recordsShown = 5;

/** Collects warnings; if strict, throws the first instead. */
export class WarningCollector {
  readonly #strict: boolean;
  readonly #kinds = new Map<string, Kind>();

  constructor({ strict }: { readonly strict: boolean }) {
    this.#strict = strict;
  }

  /**
   * @param what what follows the record's name in a message; called only where it is shown
   * @throws CocoEvalError `INVALID_RESULTS` or `INVALID_ANNOTATIONS` if strict
   */
  add(code: keyof typeof effects, of: RecordName, what: () => string): void {
    if (this.#strict) throw refuse(of, what(), { value: code, next: effects[code] });
    const key = `${code} ${of.list}`;
    const kind = this.#kinds.get(key);
    if (!kind) {
      const first = `${of.list}[${of.index}]${what()}`;
      this.#kinds.set(key, { code, list: of.list, first, records: [of.index], count: 1 });
    } else {
      kind.count++;
      if (kind.records.length < recordsShown) kind.records.push(of.index);
    }
  }

  list(): EvaluationWarning[] {
    return [...this.#kinds.values()].map(({ code, list, first, records, count }) => ({
      code,
      message: `${count === 1 ? first : `${first.replace(/\.$/, '')}, and so are ${count - 1} others.`} ${effects[code]}`,
      list,
      count,
      records,
    }));
  }
}
