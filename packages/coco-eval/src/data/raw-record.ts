// One record of a COCO file on its way into columns, and what may stand in its fields.

import { CocoEvalError, type CocoEvalErrorCode } from '../error.ts';

/** The fields that are read, in the order of `RawRecord.numbers`; the first eight hold one number each. */
export const fieldNames = [
  'image_id',
  'category_id',
  'score',
  'id',
  'area',
  'iscrowd',
  'num_keypoints',
  'bbox',
  'segmentation',
  'keypoints',
  'caption',
] as const;

export type FieldName = (typeof fieldNames)[number];

/** Place of a field in `fieldNames`. */
export const fieldAt = Object.fromEntries(fieldNames.map((name, place) => [name, place])) as Readonly<
  Record<FieldName, number>
>;

/** An annotation or a detection. One object serves for all records, one after another. */
export class RawRecord {
  /** Bit `fieldAt[name]` says that the record has the field. */
  fields = 0;
  /** By `fieldAt`, for those that hold one number. */
  readonly numbers = new Float64Array(7);
  /** Left, top, width, height. */
  readonly box = new Float64Array(4);
  segmentation: unknown;
  keypoints: unknown;
  /** The fields (places in `fieldNames`, -1 for others) of the record before in the order of its text. */
  readonly order = new Int8Array(16).fill(-1);

  clear(): void {
    this.fields = 0;
    this.segmentation = undefined;
    this.keypoints = undefined;
  }

  has(name: FieldName): boolean {
    return (this.fields & (1 << fieldAt[name])) !== 0;
  }

  number(name: FieldName): number {
    return this.numbers[fieldAt[name]] as number;
  }
}

/** Which record, for messages. */
export interface RecordName {
  readonly list: 'annotations' | 'results' | 'images' | 'categories';
  readonly index: number;
}

/**
 * Sets a field to a value as JSON has them.
 *
 * @throws CocoEvalError `INVALID_RESULTS` or `INVALID_ANNOTATIONS` if it cannot be the field's
 */
export function setField(
  record: RawRecord,
  { name, value }: { readonly name: FieldName; readonly value: unknown },
  of: RecordName,
): void {
  const bit = 1 << fieldAt[name];
  switch (name) {
    case 'bbox':
      // An empty list counts as no box (coco.py:335).
      if (Array.isArray(value) && value.length === 0) {
        record.fields &= ~bit;
        return;
      }
      if (!isNumbers(value) || value.length !== 4) {
        throw wrongField(of, { name, value, expected: 'four numbers: left, top, width, height' });
      }
      record.box.set(value);
      break;
    case 'segmentation':
    case 'keypoints':
      record[name] = value;
      break;
    case 'caption':
      break;
    case 'iscrowd': {
      const crowd = typeof value === 'boolean' ? Number(value) : value;
      if (typeof crowd !== 'number' || !Number.isInteger(crowd)) {
        throw wrongField(of, { name, value, expected: '0 or 1' });
      }
      record.numbers[fieldAt.iscrowd] = crowd;
      break;
    }
    default:
      if (typeof value !== 'number') throw wrongField(of, { name, value, expected: 'a number' });
      record.numbers[fieldAt[name]] = value;
  }
  record.fields |= bit;
}

/**
 * Sets the fields from an object.
 *
 * @throws CocoEvalError as `setField`
 */
export function readObject(record: RawRecord, object: unknown, of: RecordName): void {
  record.clear();
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw refuse(of, ` is ${show(object)}; it should be an object.`, { value: object, next: 'Correct it.' });
  }
  const values = object as Readonly<Partial<Record<FieldName, unknown>>>;
  for (const name of fieldNames) {
    const value = values[name];
    if (value !== undefined) setField(record, { name, value }, of);
  }
}

/** Whether a number can tell things apart: above 2^53 several are one. */
export function isId(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** @throws CocoEvalError if the record has no such id, or one that does not identify */
export function checkId(record: RawRecord, name: 'id' | 'image_id' | 'category_id', of: RecordName): void {
  if (!record.has(name)) throw missingField(of, name);
  const value = record.number(name);
  if (!isId(value)) throw wrongField(of, { name, value, expected: 'a number below 2^53' });
}

export function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

/** What annotations and results that cannot be evaluated are refused with. */
export function refuse(
  { list, index }: RecordName,
  what: string,
  { value, next }: { readonly value: unknown; readonly next: string },
): CocoEvalError {
  const code: CocoEvalErrorCode = list === 'results' ? 'INVALID_RESULTS' : 'INVALID_ANNOTATIONS';
  return new CocoEvalError(code, `${list}[${index}]${what}`, { value, next });
}

export function wrongField(
  of: RecordName,
  { name, value, expected }: { readonly name: string; readonly value: unknown; readonly expected: string },
): CocoEvalError {
  const next = typeof value === 'string' && name.endsWith('id') ? 'Write ids without quotes.' : 'Correct it.';
  return refuse(of, `.${name} is ${show(value)}; it should be ${expected}.`, { value, next });
}

export function missingField(of: RecordName, name: string, next = 'Add it.'): CocoEvalError {
  return refuse(of, ` has no "${name}".`, { value: name, next });
}

/** A value as messages show it, at most some sixty characters. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 40 ? `${JSON.stringify(value.slice(0, 40))}...` : JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    const short = value.length <= 8 && value.every((one) => typeof one !== 'object' || one === null);
    return short ? `[${value.map(show).join(', ')}]` : `a list of ${value.length}`;
  }
  if (typeof value === 'symbol') return value.description ?? 'a symbol';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
