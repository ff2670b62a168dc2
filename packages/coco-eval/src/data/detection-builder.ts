// Results become columns, record by record (pycocotools/coco.py, loadRes): the first one decides what all of them are.

import { CocoEvalError } from '../error.ts';
import { area, type Rle, toBbox } from '../mask/rle.ts';
import type { EvaluationType } from '../metric/params.ts';
import type { CocoImage } from './coco-types.ts';
import type { DetectionColumns } from './columns.ts';
import { findFormat } from './find-format.ts';
import type { GroundTruth, LoadOptions } from './ground-truth.ts';
import { GrowingFloats } from './growing-floats.ts';
import {
  checkId,
  isNumbers,
  missingField,
  type RawRecord,
  type RecordName,
  refuse,
  wrongField,
} from './raw-record.ts';
import type { Results } from './results.ts';
import type { WantedFields } from './scan-record.ts';
import { boxMask, toMask } from './to-mask.ts';
import { WarningCollector } from './warnings.ts';

/** What all records are taken for: the first of these fields that the first record has. */
const kinds = ['bbox', 'segmentation', 'keypoints'] as const;

type Kind = (typeof kinds)[number];

interface ReadRecord {
  readonly record: RawRecord;
  readonly of: RecordName;
  readonly kind: Kind;
  readonly image: CocoImage | undefined;
}

const emptyMask: Rle = { height: 0, width: 0, counts: new Uint32Array() };

/** Takes records; `finish` gives the columns. */
export class DetectionBuilder {
  /** The long fields that the next record must bring. */
  wanted: WantedFields = { segmentation: true, keypoints: true };
  readonly #type: EvaluationType;
  readonly #groundTruth: GroundTruth;
  readonly #strict: boolean;
  readonly #warnings: WarningCollector;
  readonly #images: ReadonlyMap<number, CocoImage>;
  readonly #categories: ReadonlySet<number>;
  readonly #imageIds = new GrowingFloats();
  readonly #categoryIds = new GrowingFloats();
  readonly #scores = new GrowingFloats();
  readonly #boxes = new GrowingFloats();
  readonly #areas = new GrowingFloats();
  readonly #keypoints = new GrowingFloats();
  readonly #masks: Rle[] = [];
  #kind: Kind | undefined;
  #keypointNumbers: number | undefined;
  #count = 0;
  #unknownImages = 0;
  #firstUnknown: { readonly of: RecordName; readonly id: number } | undefined;
  #lastImage: CocoImage | undefined;

  constructor(groundTruth: GroundTruth, { type, strict = false }: LoadOptions) {
    this.#type = type;
    this.#groundTruth = groundTruth;
    this.#strict = strict;
    this.#warnings = new WarningCollector({ strict });
    this.#images = new Map(groundTruth.images.map((image) => [image.id, image]));
    this.#categories = new Set(groundTruth.categories.map(({ id }) => id));
  }

  /** @throws CocoEvalError `INVALID_RESULTS`, naming the record */
  add(record: RawRecord): void {
    const of: RecordName = { list: 'results', index: this.#count };
    this.#kind ??= this.#decideKind(record, of);
    const kind = this.#kind;
    checkId(record, 'image_id', of);
    checkId(record, 'category_id', of);
    if (!record.has('score')) throw missingField(of, 'score');
    if (!record.has(kind)) {
      throw missingField(of, kind, 'results[0] has one, so each needs one, as in pycocotools.');
    }
    const image = this.#imageOf(record.number('image_id'), of);
    this.#checkNumbers(record, of);
    this.#imageIds.push(record.number('image_id'));
    this.#categoryIds.push(record.number('category_id'));
    this.#scores.push(record.number('score'));
    if (kind === 'bbox') this.#addBox(record, of);
    if (this.#type === 'segm' || kind === 'segmentation') this.#addMask({ record, of, kind, image });
    if (this.#type === 'keypoints' || kind === 'keypoints') this.#addKeypoints({ record, of, kind, image });
    this.#count++;
  }

  /** @throws CocoEvalError `INVALID_RESULTS` if there are none, or some are of images that the ground truth does not list */
  finish(): Results {
    if (this.#count === 0) {
      throw new CocoEvalError('INVALID_RESULTS', 'The results are an empty list.', {
        value: 0,
        next: 'pycocotools refuses it too. A detector that found nothing has an AP of 0.',
      });
    }
    if (this.#firstUnknown) throw this.#unknownImage(this.#firstUnknown);
    const detections: DetectionColumns = {
      count: this.#count,
      imageIds: this.#imageIds.values(),
      categoryIds: this.#categoryIds.values(),
      scores: this.#scores.values(),
      boxes: this.#boxes.values(),
      areas: this.#areas.values(),
      ...(this.#type === 'segm' ? { masks: this.#masks } : {}),
      ...(this.#type === 'keypoints' ? { keypoints: this.#keypoints.values() } : {}),
    };
    if (this.#type === 'bbox' && this.#kind === 'bbox') {
      findFormat(detections, { groundTruth: this.#groundTruth, warnings: this.#warnings });
    }
    return { type: this.#type, detections, warnings: this.#warnings.list() };
  }

  #decideKind(record: RawRecord, of: RecordName): Kind {
    const kind = record.has('caption') ? undefined : kinds.find((name) => record.has(name));
    if (!kind) {
      throw refuse(of, ' has neither "bbox" nor "segmentation" nor "keypoints".', {
        value: kind,
        next: 'The first result decides what all of them are.',
      });
    }
    this.wanted = {
      segmentation: this.#type === 'segm' || kind === 'segmentation',
      keypoints: this.#type === 'keypoints' || kind === 'keypoints',
    };
    return kind;
  }

  #imageOf(id: number, of: RecordName): CocoImage | undefined {
    // Detections of one image mostly follow each other.
    if (this.#lastImage?.id === id) return this.#lastImage;
    const image = this.#images.get(id);
    if (image) this.#lastImage = image;
    else {
      this.#unknownImages++;
      this.#firstUnknown ??= { of, id };
      if (this.#strict) throw this.#unknownImage(this.#firstUnknown);
    }
    return image;
  }

  #unknownImage({ of, id }: { readonly of: RecordName; readonly id: number }): CocoEvalError {
    const others = this.#unknownImages - 1;
    const more = others > 0 ? `, and so are those of ${others} more of the ${this.#count} results` : '';
    return refuse(of, `.image_id is ${id}, an image that the ground truth does not list${more}.`, {
      value: id,
      next: 'Evaluate with the annotations of the images that these results are for.',
    });
  }

  #checkNumbers(record: RawRecord, of: RecordName): void {
    const category = record.number('category_id');
    if (!this.#categories.has(category)) {
      this.#warnings.add('UNKNOWN_CATEGORY', of, () => `.category_id is ${category}, which is not listed.`);
    }
    const score = record.number('score');
    if (!Number.isFinite(score)) this.#warnings.add('NOT_FINITE', of, () => `.score is ${score}.`);
  }

  #addBox({ box }: RawRecord, of: RecordName): void {
    checkBox(box, { of, warnings: this.#warnings });
    this.#boxes.pushAll(box);
    this.#areas.push((box[2] as number) * (box[3] as number));
  }

  #addMask({ record, of, kind, image }: ReadRecord): void {
    if (!record.has('segmentation')) {
      if (kind === 'keypoints') throw missingField(of, 'segmentation');
      this.#masks.push(image ? boxMask(record.box, { of, image }) : emptyMask);
      return;
    }
    const mask = toMask(record.segmentation, { of, image, compressedOnly: kind === 'segmentation' });
    checkMask(mask, { of, image, warnings: this.#warnings });
    if (kind === 'segmentation') {
      this.#boxes.pushAll(record.has('bbox') ? record.box : toBbox(mask));
      this.#areas.push(area(mask));
    }
    if (this.#type === 'segm') this.#masks.push(mask);
  }

  #addKeypoints({ record, of, kind }: ReadRecord): void {
    if (!record.has('keypoints')) throw missingField(of, 'keypoints');
    const { keypoints } = record;
    const expected = this.#keypointNumbers;
    if (
      !isNumbers(keypoints) ||
      keypoints.length === 0 ||
      keypoints.length % 3 !== 0 ||
      keypoints.length !== (expected ?? keypoints.length)
    ) {
      throw wrongField(of, {
        name: 'keypoints',
        value: keypoints,
        expected:
          expected === undefined ? 'x, y, v of each point' : `${expected} numbers: x, y, v of each point`,
      });
    }
    if (this.#type === 'keypoints') {
      this.#keypointNumbers = keypoints.length;
      this.#keypoints.pushAll(keypoints);
    }
    if (kind !== 'keypoints') return;
    const [left, right] = extent(keypoints, 0);
    const [top, bottom] = extent(keypoints, 1);
    this.#boxes.pushAll([left, top, right - left, bottom - top]);
    this.#areas.push((right - left) * (bottom - top));
  }
}

/** Warns of a box that cannot be meant. */
export function checkBox(
  [left = 0, top = 0, width = 0, height = 0]: ArrayLike<number> & Iterable<number>,
  { of, warnings }: { readonly of: RecordName; readonly warnings: WarningCollector },
): void {
  const shown = (): string => `.bbox is [${left}, ${top}, ${width}, ${height}].`;
  if (!Number.isFinite(width * height + left + top)) warnings.add('NOT_FINITE', of, shown);
  else if (width < 0 || height < 0) warnings.add('NEGATIVE_SIZE', of, shown);
}

/** Warns of a mask that cannot match anything. */
export function checkMask(
  { height, width, counts }: Rle,
  {
    of,
    image,
    warnings,
  }: { readonly of: RecordName; readonly image: CocoImage | undefined; readonly warnings: WarningCollector },
): void {
  if (counts.length === 0) warnings.add('EMPTY_COUNTS', of, () => '.segmentation has no runs.');
  if ((image?.height ?? height) === height && (image?.width ?? width) === width) return;
  warnings.add(
    'MASK_SIZE',
    of,
    () => `.segmentation is ${height} x ${width}, its image ${image?.height} x ${image?.width}.`,
  );
}

function extent(keypoints: readonly number[], axis: 0 | 1): [min: number, max: number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = axis; i < keypoints.length; i += 3) {
    min = Math.min(min, keypoints[i] as number);
    max = Math.max(max, keypoints[i] as number);
  }
  return [min, max];
}
