// Looks a data set over, record by record: what is in it, and what is wrong with it.

import { boxIou } from '../metric/box-iou.ts';
import { cocoAreaRanges } from '../metric/params.ts';
import { type DatasetProblem, ProblemList } from './dataset-problems.ts';
import {
  type InspectedAnnotation,
  type InspectedCategory,
  type InspectedImage,
  readAnnotationRecord,
  readCategoryRecord,
  readImageRecord,
} from './dataset-records.ts';

export interface CategoryCounts {
  readonly id: number;
  readonly name: string;
  /** Images with at least one object. */
  readonly images: number;
  /** Without crowds. */
  readonly objects: number;
  readonly crowds: number;
  /** Objects by size class, in the order of `DatasetInspection.sizes`. */
  readonly sizes: readonly number[];
}

/** An image with what is annotated on it. */
export interface AnnotatedImage extends InspectedImage {
  readonly objects: readonly {
    readonly box: readonly [number, number, number, number];
    readonly category: string;
    readonly isCrowd: boolean;
    /** Whether something is wrong with its box. */
    readonly isBroken: boolean;
  }[];
}

export interface DatasetInspection {
  readonly counts: {
    readonly images: number;
    readonly categories: number;
    /** Crowds among them. */
    readonly annotations: number;
    readonly crowds: number;
    /** Images on which nothing is annotated. */
    readonly emptyImages: number;
  };
  /** Annotations of an image. */
  readonly perImage: { readonly mean: number; readonly most: number };
  /** COCO's size classes: small, medium, large. */
  readonly sizes: readonly string[];
  /** Most objects first. */
  readonly categories: readonly CategoryCounts[];
  /** Errors first. */
  readonly problems: readonly DatasetProblem[];
  /** In the order of the file; of several with one id the first. */
  readonly images: readonly AnnotatedImage[];
}

/** Half a pixel either way is how boxes are rounded. */
const edgeTolerance = 1;

/** Boxes that overlap so much are around one thing. */
const sameOverlap = 0.95;

const [, small, medium, large] = cocoAreaRanges('bbox');
const ranges = [small, medium, large].flatMap((range) => range ?? []);

/** Takes records one after another; `finish` gives what they come to. */
export class DatasetInspector {
  readonly #problems: ProblemList;
  readonly #images = new Map<number, InspectedImage>();
  readonly #categories = new Map<number, InspectedCategory>();
  readonly #annotations: InspectedAnnotation[] = [];
  readonly #names = new Map<string, number>();
  readonly #categoryNames = new Set<string>();

  /** @param problems where they are added; those of reading may be there already */
  constructor(problems: ProblemList = new ProblemList()) {
    this.#problems = problems;
  }

  image(value: unknown, index: number): void {
    const image = readImageRecord(value, index, this.#problems);
    if (!image) return;
    const { id, name } = image;
    if (this.#images.has(id)) {
      this.#problems.add('DUPLICATE_IMAGE_ID', () => `images[${index}] has the id ${id} once more`);
      return;
    }
    this.#images.set(id, image);
    if (name === undefined) return;
    const other = this.#names.get(name);
    if (other === undefined) this.#names.set(name, id);
    else this.#problems.add('DUPLICATE_FILE_NAME', () => `${name} is the image ${other}, and ${id} as well`);
  }

  category(value: unknown, index: number): void {
    const category = readCategoryRecord(value, index, this.#problems);
    if (!category) return;
    const { id, name } = category;
    if (this.#categories.has(id)) {
      this.#problems.add('DUPLICATE_CATEGORY_ID', () => `categories[${index}] has the id ${id} once more`);
      return;
    }
    this.#categories.set(id, category);
    if (this.#categoryNames.has(name)) {
      this.#problems.add(
        'DUPLICATE_CATEGORY_NAME',
        () => `categories[${index}] (id ${id}) is called ${name}`,
      );
    }
    this.#categoryNames.add(name);
  }

  annotation(value: unknown, index: number): void {
    const annotation = readAnnotationRecord(value, index, this.#problems);
    if (annotation) this.#annotations.push(annotation);
  }

  finish(): DatasetInspection {
    const broken = new Set<InspectedAnnotation>();
    const known = this.#checkReferences();
    this.#checkBoxes(known, broken);
    const byImage = groupBy(known, ({ imageId }) => imageId);
    for (const own of byImage.values()) this.#checkDuplicates(own);
    const categories = this.#count(known);
    const most = Math.max(0, ...[...byImage.values()].map(({ length }) => length));
    const images = [...this.#images.values()];
    return {
      counts: {
        images: images.length,
        categories: this.#categories.size,
        annotations: this.#annotations.length,
        crowds: known.filter(({ isCrowd }) => isCrowd).length,
        emptyImages: images.filter(({ id }) => !byImage.has(id)).length,
      },
      perImage: { mean: images.length === 0 ? 0 : known.length / images.length, most },
      sizes: ranges.map(({ label }) => label),
      categories,
      problems: this.#problems.list(),
      images: images.map((image) => ({
        ...image,
        objects: (byImage.get(image.id) ?? []).map((annotation) => ({
          box: annotation.box,
          category: this.#categories.get(annotation.categoryId)?.name ?? String(annotation.categoryId),
          isCrowd: annotation.isCrowd,
          isBroken: broken.has(annotation),
        })),
      })),
    };
  }

  /** Ids, and what they refer to. Gives the annotations whose image and category there are. */
  #checkReferences(): InspectedAnnotation[] {
    const ids = new Set<number>();
    for (const annotation of this.#annotations) {
      const { id } = annotation;
      if (id === undefined) continue;
      if (id === 0) this.#problems.add('ID_ZERO', () => placeOf(annotation));
      if (ids.has(id)) this.#problems.add('DUPLICATE_ID', () => placeOf(annotation));
      ids.add(id);
    }
    return this.#annotations.filter((annotation) => {
      const { imageId, categoryId } = annotation;
      const [hasImage, hasCategory] = [this.#images.has(imageId), this.#categories.has(categoryId)];
      if (!hasImage) {
        this.#problems.add('UNKNOWN_IMAGE', () => `${placeOf(annotation)}: image ${imageId}`);
      }
      if (!hasCategory) {
        this.#problems.add('UNKNOWN_CATEGORY', () => `${placeOf(annotation)}: category ${categoryId}`);
      }
      return hasImage && hasCategory;
    });
  }

  #checkBoxes(known: readonly InspectedAnnotation[], broken: Set<InspectedAnnotation>): void {
    const beyond: InspectedAnnotation[] = [];
    const fractions: InspectedAnnotation[] = [];
    for (const annotation of known) {
      const { box, area, maskSize } = annotation;
      const [x, y, boxWidth, boxHeight] = box;
      const told = (): string => `${placeOf(annotation)}: ${box.join(', ')}${this.#within(annotation)}`;
      const { width, height } = this.#images.get(annotation.imageId) ?? {};
      if (boxWidth <= 0 || boxHeight <= 0) {
        this.#problems.add('EMPTY_BOX', told);
        broken.add(annotation);
        continue;
      }
      if (area !== undefined && area > boxWidth * boxHeight * 1.01 + 1) {
        this.#problems.add('ODD_AREA', () => `${told()}, area ${area}`);
      }
      if (width === undefined || height === undefined) continue;
      if (maskSize && (maskSize[0] !== height || maskSize[1] !== width)) {
        this.#problems.add('BROKEN_SEGMENTATION', () => `${told()}, mask ${maskSize.join(' x ')}`);
      }
      if (x >= width || y >= height || x + boxWidth <= 0 || y + boxHeight <= 0) {
        this.#problems.add('BOX_OUTSIDE', told);
        broken.add(annotation);
      } else if (isBeyond(box, { width, height })) beyond.push(annotation);
      if (x + boxWidth <= 1 && y + boxHeight <= 1) fractions.push(annotation);
    }
    // A single box below a pixel may be one; many are not.
    if (fractions.length > 1 && fractions.length >= known.length / 2) {
      for (const annotation of fractions) {
        this.#problems.add('NORMALIZED_BOXES', () => `${placeOf(annotation)}: ${annotation.box.join(', ')}`);
        broken.add(annotation);
      }
    }
    const corners = beyond.filter(({ box: [x, y, right, bottom] }) => right > x && bottom > y);
    const isCorners = corners.length > 1 && corners.length >= known.length / 4 && this.#fitAsCorners(beyond);
    for (const annotation of beyond) {
      this.#problems.add(isCorners ? 'CORNER_BOXES' : 'BOX_BEYOND_EDGE', () => {
        return `${placeOf(annotation)}: ${annotation.box.join(', ')}${this.#within(annotation)}`;
      });
      broken.add(annotation);
    }
  }

  /** Whether boxes that do not fit would fit if their last two numbers were right and bottom. */
  #fitAsCorners(annotations: readonly InspectedAnnotation[]): boolean {
    return annotations.every(({ imageId, box: [x, y, right, bottom] }) => {
      const { width = 0, height = 0 } = this.#images.get(imageId) ?? {};
      return right > x && bottom > y && !isBeyond([x, y, right - x, bottom - y], { width, height });
    });
  }

  #checkDuplicates(own: readonly InspectedAnnotation[]): void {
    const real = own.filter(({ isCrowd, box }) => !isCrowd && box[2] > 0 && box[3] > 0);
    for (const [place, one] of real.entries()) {
      for (let next = place + 1; next < real.length; next++) {
        const other = real[next] as InspectedAnnotation;
        if (boxIou(one.box, other.box, false) < sameOverlap) continue;
        const code = one.categoryId === other.categoryId ? 'DUPLICATE_BOX' : 'TWO_CATEGORIES';
        this.#problems.add(code, () => `${placeOf(other)} and ${placeOf(one)}, image ${one.imageId}`);
      }
    }
  }

  #count(known: readonly InspectedAnnotation[]): CategoryCounts[] {
    const byCategory = groupBy(known, ({ categoryId }) => categoryId);
    const counts = [...this.#categories.values()].map(({ id, name }): CategoryCounts => {
      const own = byCategory.get(id) ?? [];
      const objects = own.filter(({ isCrowd }) => !isCrowd);
      if (own.length === 0) this.#problems.add('UNUSED_CATEGORY', () => name);
      return {
        id,
        name,
        images: new Set(own.map(({ imageId }) => imageId)).size,
        objects: objects.length,
        crowds: own.length - objects.length,
        sizes: ranges.map(
          ({ label, max }, place) =>
            objects.filter(({ area, box }) => {
              // A border belongs to both classes in COCO; here each object is counted once.
              const size = area ?? box[2] * box[3];
              const isAbove = place === 0 || size > (ranges[place - 1]?.max ?? 0);
              return isAbove && (label === 'large' || size <= max);
            }).length,
        ),
      };
    });
    return counts.sort((a, b) => b.objects - a.objects);
  }

  #within({ imageId }: InspectedAnnotation): string {
    const { width, height } = this.#images.get(imageId) ?? {};
    return width === undefined ? '' : ` in ${width} x ${height}`;
  }
}

function groupBy(
  annotations: readonly InspectedAnnotation[],
  keyOf: (annotation: InspectedAnnotation) => number,
): Map<number, InspectedAnnotation[]> {
  const groups = new Map<number, InspectedAnnotation[]>();
  for (const annotation of annotations) {
    const key = keyOf(annotation);
    const group = groups.get(key);
    if (group) group.push(annotation);
    else groups.set(key, [annotation]);
  }
  return groups;
}

function isBeyond(
  [x, y, boxWidth, boxHeight]: readonly [number, number, number, number],
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  return (
    x < -edgeTolerance ||
    y < -edgeTolerance ||
    x + boxWidth > width + edgeTolerance ||
    y + boxHeight > height + edgeTolerance
  );
}

function placeOf({ index, id }: InspectedAnnotation): string {
  return id === undefined ? `annotations[${index}]` : `annotations[${index}] (id ${id})`;
}
