// The images and categories of a COCO file, as far as evaluations need them.

import type { CocoCategory, CocoImage } from './coco-types.ts';
import { isId, isNumbers, missingField, type RecordName, refuse, show, wrongField } from './raw-record.ts';

/** @throws CocoEvalError `INVALID_ANNOTATIONS` */
export function toImage(value: unknown, index: number): CocoImage {
  const of: RecordName = { list: 'images', index };
  const record = toRecord(value, of);
  const { neg_category_ids: absent, not_exhaustive_category_ids: partly } = record;
  const name = record.file_name ?? pathOf(record.coco_url);
  const [width, height] = [toLength(record, 'width', of), toLength(record, 'height', of)];
  return {
    id: toId(record, of),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(typeof name === 'string' && { file_name: name }),
    ...(isNumbers(absent) && { neg_category_ids: absent }),
    ...(isNumbers(partly) && { not_exhaustive_category_ids: partly }),
  };
}

/** @throws CocoEvalError `INVALID_ANNOTATIONS` */
export function toCategory(value: unknown, index: number): CocoCategory {
  const of: RecordName = { list: 'categories', index };
  const record = toRecord(value, of);
  const { name, supercategory, frequency, keypoints, skeleton } = record;
  return {
    id: toId(record, of),
    ...(typeof name === 'string' && { name }),
    ...(typeof supercategory === 'string' && { supercategory }),
    ...(typeof frequency === 'string' && { frequency }),
    ...(isTexts(keypoints) && { keypoints }),
    ...(isPairs(skeleton) && { skeleton }),
  };
}

/** LVIS has no file names, only addresses: the folder and the name at their end, as val2017/000000000139.jpg. */
function pathOf(address: unknown): string | undefined {
  return typeof address === 'string' ? /[^/]+\/[^/]+$/.exec(address)?.[0] : undefined;
}

function toRecord(value: unknown, of: RecordName): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse(of, ` is ${show(value)}; it should be an object.`, { value, next: 'Correct it.' });
  }
  return value as Readonly<Record<string, unknown>>;
}

function toId({ id }: Readonly<Record<string, unknown>>, of: RecordName): number {
  if (id === undefined) throw missingField(of, 'id');
  if (typeof id === 'number' && isId(id)) return id;
  throw wrongField(of, { name: 'id', value: id, expected: 'a number below 2^53' });
}

function toLength(
  record: Readonly<Record<string, unknown>>,
  name: 'width' | 'height',
  of: RecordName,
): number | undefined {
  const value = record[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw wrongField(of, { name, value, expected: 'a number of pixels' });
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isPairs(value: unknown): value is readonly (readonly number[])[] {
  return Array.isArray(value) && value.every(isNumbers);
}
