// Whether something is a mask. Nothing is believed: JavaScript has no types, and masks come from files of others.

import { CocoEvalError } from '../error.ts';
import { totalOf } from './rle.ts';

/** A mask's places are numbers of 32 bits. */
const mostPixels = 2 ** 32 - 1;

/** @throws CocoEvalError `INVALID_MASK` unless height and width are numbers of pixels */
export function checkSize(value: { readonly height: number; readonly width: number }): void {
  const { height, width } = objectOf(value);
  if (isCount(height) && isCount(width) && height * width <= mostPixels) return;
  throw invalid(`A mask cannot be ${String(height)} x ${String(width)}.`, {
    value: [height, width],
    next: 'Height and width are numbers of pixels.',
  });
}

/** @throws CocoEvalError `INVALID_MASK` unless it is a mask and its runs fit; shorter ones leave background */
export function checkRle(value: {
  readonly height: number;
  readonly width: number;
  readonly counts: Uint32Array;
}): void {
  checkSize(value);
  const { height, width, counts } = value;
  if (!(counts instanceof Uint32Array)) {
    throw invalid(`The counts of a mask cannot be of the type ${typeof counts}.`, {
      value: counts,
      next: 'They are a Uint32Array; mask.fromCompressed makes it of text.',
    });
  }
  const total = totalOf(counts);
  if (total <= height * width) return;
  throw invalid(`Runs of ${total} pixels do not fit into ${height} x ${width}.`, {
    value: total,
    next: 'Check size and counts of the encoding.',
  });
}

/** @throws CocoEvalError `INVALID_MASK` unless all are whole numbers of 32 bits */
export function checkCounts(counts: ArrayLike<number>): void {
  checkNumbers(counts, 'A list of runs');
  const outside = Array.prototype.find.call(counts, (run: number) => !(isCount(run) && run <= mostPixels));
  if (outside === undefined) return;
  throw invalid(`A run cannot be ${outside} long.`, { value: outside, next: 'Runs are numbers of pixels.' });
}

/** @throws CocoEvalError `INVALID_MASK` unless it is a list of numbers */
export function checkNumbers(list: ArrayLike<number>, what: string): void {
  const isList = Array.isArray(list) || ArrayBuffer.isView(list);
  if (isList && Array.prototype.every.call(list, (one: unknown) => typeof one === 'number')) return;
  throw invalid(`${what} is a list of numbers.`, { value: list, next: 'Pass numbers only.' });
}

/** @throws CocoEvalError `INVALID_MASK` unless it is an object */
export function objectOf<T extends object>(value: T): T {
  if (typeof value === 'object' && value !== null) return value;
  throw invalid(`A mask cannot be of the type ${typeof value}.`, {
    value,
    next: 'It is an object: { height, width, counts }, or { size, counts } if it is compressed.',
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function invalid(
  what: string,
  { value, next }: { readonly value: unknown; readonly next: string },
): CocoEvalError {
  return new CocoEvalError('INVALID_MASK', what, { value, next });
}
