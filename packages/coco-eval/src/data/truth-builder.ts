// Annotations become columns, record by record. What depends on images and categories is checked at the end: a file may list them last.

import { checkEvaluationType } from '../metric/make-params.ts';
import type { EvaluationType } from '../metric/params.ts';
import { checkBox } from './check-box.ts';
import type { CocoCategory, CocoImage } from './coco-types.ts';
import type { TruthColumns } from './columns.ts';
import { GrowingFloats } from './growing-floats.ts';
import type { GroundTruth, LoadOptions } from './loaded.ts';
import {
  checkId,
  type FieldName,
  fieldAt,
  missingField,
  type RawRecord,
  type RecordName,
} from './raw-record.ts';
import type { WantedFields } from './scan-record.ts';
import type { TruthShapeReader } from './shape-reader.ts';
import { WarningCollector } from './warnings.ts';

/** Fields without which pycocotools cannot evaluate an annotation. */
const needed: Readonly<Record<EvaluationType, readonly FieldName[]>> = {
  bbox: ['area', 'iscrowd', 'bbox'],
  segm: ['area', 'iscrowd', 'segmentation'],
  keypoints: ['area', 'iscrowd', 'bbox', 'num_keypoints', 'keypoints'],
};

export interface TruthBuilderOptions extends LoadOptions {
  readonly makeShapes?: (type: EvaluationType) => TruthShapeReader;
}

/** Takes annotations; `finish` gives the columns. */
export class TruthBuilder {
  readonly wanted: WantedFields;
  readonly #type: EvaluationType;
  readonly #shapes: TruthShapeReader | undefined;
  readonly #needed: readonly FieldName[];
  readonly #warnings: WarningCollector;
  readonly #fields = new GrowingFloats();
  readonly #ids = new GrowingFloats();
  readonly #imageIds = new GrowingFloats();
  readonly #categoryIds = new GrowingFloats();
  readonly #boxes = new GrowingFloats();
  readonly #areas = new GrowingFloats();
  readonly #crowds = new GrowingFloats();

  constructor({ type, strict = false, crowdsOptional = false, makeShapes }: TruthBuilderOptions) {
    checkEvaluationType(type);
    this.#type = type;
    this.#shapes = makeShapes?.(type);
    this.#needed = needed[type].filter((name) => !(crowdsOptional && name === 'iscrowd'));
    this.#warnings = new WarningCollector({ strict });
    this.wanted = { segmentation: type === 'segm', keypoints: type === 'keypoints' };
  }

  /** @throws CocoEvalError `INVALID_ANNOTATIONS`, naming the record */
  add(record: RawRecord): void {
    const of: RecordName = { list: 'annotations', index: this.#ids.length };
    checkId(record, 'id', of);
    checkId(record, 'image_id', of);
    checkId(record, 'category_id', of);
    this.#fields.push(record.fields);
    this.#ids.push(record.number('id'));
    this.#imageIds.push(record.number('image_id'));
    this.#categoryIds.push(record.number('category_id'));
    this.#areas.push(record.has('area') ? record.number('area') : Number.NaN);
    this.#crowds.push(record.has('iscrowd') && record.number('iscrowd') !== 0 ? 1 : 0);
    if (!record.has('bbox')) record.box.fill(Number.NaN);
    this.#boxes.pushAll(record.box);
    this.#shapes?.add(record);
  }

  /** @throws CocoEvalError `INVALID_ANNOTATIONS`, naming the record */
  finish({
    images,
    categories,
  }: {
    readonly images: readonly CocoImage[];
    readonly categories: readonly CocoCategory[];
  }): GroundTruth {
    const warnings = this.#warnings;
    const imageOf = new Map(images.map((image) => [image.id, image]));
    const categoryIds = new Set(categories.map(({ id }) => id));
    warnDuplicates(images, 'images', warnings);
    warnDuplicates(categories, 'categories', warnings);
    const truths = this.#columns();
    const ids = new Set<number>();
    for (let index = 0; index < truths.count; index++) {
      const of: RecordName = { list: 'annotations', index };
      const image = imageOf.get(truths.imageIds[index] as number);
      const isKnown = image !== undefined && categoryIds.has(truths.categoryIds[index] as number);
      this.#checkIds(of, { isKnown, image, id: truths.ids[index] as number, ids });
      if (!isKnown) continue;
      this.#checkNeeded(of, truths);
      this.#shapes?.take({ of, image, truths, warnings });
    }
    return {
      type: this.#type,
      images,
      categories,
      truths: { ...truths, ...this.#shapes?.columns() },
      warnings: warnings.list(),
    };
  }

  #columns(): TruthColumns {
    return {
      count: this.#ids.length,
      ids: this.#ids.values(),
      imageIds: this.#imageIds.values(),
      categoryIds: this.#categoryIds.values(),
      boxes: this.#boxes.values(),
      areas: this.#areas.values(),
      crowds: Uint8Array.from(this.#crowds.values()),
    };
  }

  #checkIds(
    of: RecordName,
    {
      isKnown,
      image,
      id,
      ids,
    }: { isKnown: boolean; image: CocoImage | undefined; id: number; ids: Set<number> },
  ): void {
    const { index } = of;
    if (!image) {
      const imageId = this.#imageIds.values()[index];
      this.#warnings.add('UNKNOWN_IMAGE', of, () => `.image_id is ${imageId}, which is not listed.`);
    } else if (!isKnown) {
      const categoryId = this.#categoryIds.values()[index];
      this.#warnings.add('UNKNOWN_CATEGORY', of, () => `.category_id is ${categoryId}, which is not listed.`);
    }
    if (ids.has(id)) this.#warnings.add('DUPLICATE_ID', of, () => `.id is ${id}, which was there before.`);
    else ids.add(id);
    if (id === 0 && isKnown) this.#warnings.add('ID_ZERO', of, () => '.id is 0.');
  }

  #checkNeeded(of: RecordName, { areas, boxes }: TruthColumns): void {
    const { index } = of;
    const fields = this.#fields.values()[index] as number;
    for (const name of this.#needed) {
      if (!(fields & (1 << fieldAt[name]))) throw missingField(of, name, missingNext[name]);
    }
    const area = areas[index] as number;
    if (!Number.isFinite(area)) this.#warnings.add('NOT_FINITE', of, () => `.area is ${area}.`);
    if (this.#type !== 'segm')
      checkBox(boxes.subarray(index * 4, index * 4 + 4), { of, warnings: this.#warnings });
  }
}

const missingNext: Readonly<Partial<Record<FieldName, string>>> = {
  iscrowd: 'Add it: 0, or 1 for a crowd. Where none is one, allow it to be left out (crowdsOptional).',
  area: 'Add it: the area of the object in pixels decides whether it is small, medium or large.',
};

function warnDuplicates(
  list: readonly { readonly id: number }[],
  name: 'images' | 'categories',
  warnings: WarningCollector,
): void {
  const ids = new Set<number>();
  for (const [index, { id }] of list.entries()) {
    if (ids.has(id))
      warnings.add('DUPLICATE_ID', { list: name, index }, () => `.id is ${id}, which was there before.`);
    ids.add(id);
  }
}
