// The records of a data set as an inspection reads them: nothing is refused, what is wrong is told.

import { isNumbers, isId as isWhole, show } from '../data/raw-record.ts';
import type { ProblemList } from './dataset-problems.ts';

export interface InspectedImage {
  readonly id: number;
  readonly name: string | undefined;
  /** Pixels; undefined if nobody says. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

export interface InspectedCategory {
  readonly id: number;
  readonly name: string;
}

export interface InspectedAnnotation {
  /** Place in its list. */
  readonly index: number;
  readonly id: number | undefined;
  readonly imageId: number;
  readonly categoryId: number;
  /** Left, top, width, height in pixels. */
  readonly box: readonly [number, number, number, number];
  readonly area: number | undefined;
  readonly isCrowd: boolean;
  /** Height and width of its mask, if it is a run-length encoding. */
  readonly maskSize: readonly number[] | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** The image, as far as it is one; a record with several faults is one problem. */
export function readImageRecord(
  value: unknown,
  index: number,
  problems: ProblemList,
): InspectedImage | undefined {
  const { id, file_name: name, width, height } = fieldsOf(value);
  const faults = faultsOf(value, [
    ['id', id, isId(id)],
    ['width', width, isLength(width)],
    ['height', height, isLength(height)],
    ['file_name', name, isName(name)],
  ]);
  if (faults !== undefined) problems.add('BROKEN_IMAGE', () => `${placeIn('images', index, id)} ${faults}`);
  if (!isId(id)) return undefined;
  return {
    id,
    name: isName(name) ? name : undefined,
    width: isLength(width) ? width : undefined,
    height: isLength(height) ? height : undefined,
  };
}

/** Likewise a category. */
export function readCategoryRecord(
  value: unknown,
  index: number,
  problems: ProblemList,
): InspectedCategory | undefined {
  const { id, name } = fieldsOf(value);
  const faults = faultsOf(value, [
    ['id', id, isId(id)],
    ['name', name, isName(name)],
  ]);
  if (faults !== undefined) {
    problems.add('BROKEN_CATEGORY', () => `${placeIn('categories', index, id)} ${faults}`);
  }
  return isId(id) ? { id, name: isName(name) ? name : String(id) } : undefined;
}

/** Likewise an annotation. */
export function readAnnotationRecord(
  value: unknown,
  index: number,
  problems: ProblemList,
): InspectedAnnotation | undefined {
  const {
    id,
    image_id: imageId,
    category_id: categoryId,
    bbox,
    area,
    iscrowd,
    segmentation,
  } = fieldsOf(value);
  const place = (): string => placeIn('annotations', index, id);
  const faults = faultsOf(value, [
    ['id', id, isId(id)],
    ['image_id', imageId, isId(imageId)],
    ['category_id', categoryId, isId(categoryId)],
    ['bbox', bbox, isBox(bbox)],
    ['area', area, typeof area === 'number' && area >= 0],
    ['iscrowd', iscrowd, [undefined, 0, 1, true, false].includes(iscrowd as 0)],
  ]);
  if (faults !== undefined) problems.add('BROKEN_ANNOTATION', () => `${place()} ${faults}`);
  const fault = segmentationFault(segmentation);
  if (fault !== undefined) problems.add('BROKEN_SEGMENTATION', () => `${place()} ${fault}`);
  if (!isId(imageId) || !isId(categoryId) || !isBox(bbox)) return undefined;
  const { size } = fieldsOf(segmentation);
  return {
    index,
    id: isId(id) ? id : undefined,
    imageId,
    categoryId,
    box: bbox,
    area: typeof area === 'number' ? area : undefined,
    isCrowd: Boolean(iscrowd),
    maskSize: isNumbers(size) ? size : undefined,
  };
}

function placeIn(list: string, index: number, id: unknown): string {
  return isId(id) ? `${list}[${index}] (id ${id})` : `${list}[${index}]`;
}

type Check = readonly [name: string, value: unknown, isFine: boolean];

/** What is wrong with a record, in words. */
function faultsOf(value: unknown, checks: readonly Check[]): string | undefined {
  if (!isFields(value)) return `is ${show(value)}`;
  const faults = checks.filter(([, , isFine]) => !isFine);
  if (faults.length === 0) return undefined;
  return `has ${faults.map(([name, found]) => (found === undefined ? `no ${name}` : `the ${name} ${show(found)}`)).join(', ')}`;
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isBox(value: unknown): value is InspectedAnnotation['box'] {
  return isNumbers(value) && value.length === 4 && value.every(Number.isFinite);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** What is wrong with a segmentation; none at all is fine, for boxes are evaluated without. */
function segmentationFault(segmentation: unknown): string | undefined {
  if (segmentation === undefined || segmentation === null) return undefined;
  if (Array.isArray(segmentation)) {
    const bad = segmentation.find(
      (polygon) => !isNumbers(polygon) || polygon.length < 6 || polygon.length % 2 !== 0,
    );
    if (bad === undefined) return undefined;
    return isNumbers(bad) ? `has a polygon of ${bad.length} numbers` : `has the polygon ${show(bad)}`;
  }
  const isMask =
    isFields(segmentation) &&
    isNumbers(segmentation.size) &&
    segmentation.size.length === 2 &&
    (typeof segmentation.counts === 'string' || isNumbers(segmentation.counts));
  return isMask ? undefined : `has the segmentation ${show(segmentation)}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && isWhole(value);
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
