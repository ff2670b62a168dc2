// Results become columns, record by record (pycocotools/coco.py, loadRes): the first one decides what all of them are.

import { CocoEvalError } from '../error.ts';
import { checkEvaluationType } from '../metric/make-params.ts';
import type { EvaluationType } from '../metric/params.ts';
import { checkBox } from './check-box.ts';
import type { CocoImage } from './coco-types.ts';
import type { DetectionColumns } from './columns.ts';
import { findFormat } from './find-format.ts';
import { GrowingFloats } from './growing-floats.ts';
import type { GroundTruth, LoadOptions, Results } from './loaded.ts';
import { checkId, missingField, type RawRecord, type RecordName, refuse } from './raw-record.ts';
import type { WantedFields } from './scan-record.ts';
import { type Kind, kinds, type ShapeContext, type ShapeReader } from './shape-reader.ts';
import { WarningCollector } from './warnings.ts';

export interface DetectionBuilderOptions extends LoadOptions {
  readonly makeShapes?: (context: ShapeContext) => ShapeReader;
}

const boxesOnly = "Import '@ssdlite/coco-eval' for masks and keypoints; its entry '/bbox' has only boxes.";

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
  readonly #shapes: ShapeReader | undefined;
  #kind: Kind | undefined;
  #count = 0;
  #unknownImages = 0;
  #firstUnknown: { readonly of: RecordName; readonly id: number } | undefined;
  #lastImage: CocoImage | undefined;

  constructor(groundTruth: GroundTruth, { type, strict = false, makeShapes }: DetectionBuilderOptions) {
    checkEvaluationType(type);
    this.#type = type;
    this.#groundTruth = groundTruth;
    this.#strict = strict;
    this.#warnings = new WarningCollector({ strict });
    this.#shapes = makeShapes?.({ type, warnings: this.#warnings });
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
    const derived = this.#shapes?.add({ record, of, kind, image });
    if (derived) {
      this.#boxes.pushAll(derived.box);
      this.#areas.push(derived.area);
    }
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
      ...this.#shapes?.columns(),
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
    if (kind !== 'bbox' && !this.#shapes) throw missingField(of, 'bbox', boxesOnly);
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
}
