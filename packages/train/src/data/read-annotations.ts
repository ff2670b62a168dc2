// Annotations in COCO's format as labelled pictures to train on, and what was odd about them.

import { CocoEvalError, type CocoImage, type GroundTruth } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import { nearestName } from 'ssdlite';

/** A picture that is still to be read, with its boxes. */
export interface LabelledImage {
  /** COCO's image id. */
  readonly id: number;
  readonly fileName: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** `[n, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the picture, clipped to it. */
  readonly boxes: Float32Array;
  /** `[n]`, columns of the logits: 1 is the first class. */
  readonly classes: Int32Array;
  /** `[n]`, 0 for crowds: they are neither object nor background. */
  readonly boxWeights: Float32Array;
}

/**
 * What can be odd, and what becomes of it.
 *
 * | code | meaning |
 * |---|---|
 * | `BOX_OUTSIDE` | a box that lies wholly beside its picture; left out |
 * | `BOX_CLIPPED` | a box that reaches more than a pixel beyond its picture; cut off there |
 * | `BOX_EMPTY` | a box without area; left out |
 * | `CROWD` | a box around many objects; what lies in it counts neither as object nor as background |
 * | `CLASS_UNUSED` | a category without any box; it becomes no class |
 * | `ANNOTATION_UNUSED` | an annotation of a picture or category that the file does not list; left out |
 */
export type DataProblemCode =
  | 'BOX_OUTSIDE'
  | 'BOX_CLIPPED'
  | 'BOX_EMPTY'
  | 'CROWD'
  | 'CLASS_UNUSED'
  | 'ANNOTATION_UNUSED';

/** One kind of oddness. */
export interface DataProblem {
  readonly code: DataProblemCode;
  readonly count: number;
  /** One sentence that names the first of them and says what becomes of all. */
  readonly message: string;
}

/** Labelled pictures. */
export interface Annotations {
  /** Class names; the class of column c is `classes[c - 1]`. */
  readonly classes: readonly string[];
  /** COCO's category ids, in the order of the classes. */
  readonly categoryIds: readonly number[];
  readonly images: readonly LabelledImage[];
  /** Boxes per class, without crowds. */
  readonly boxCounts: readonly number[];
  readonly problems: readonly DataProblem[];
}

export interface ReadAnnotationsOptions {
  /**
   * Names of the categories to learn, in this order; what is of other categories is background. Default: all that have a box, in the order
   * of the file.
   */
  readonly classes?: readonly string[];
  /** Whether every class needs a box: not for validation. Default true. */
  readonly needsExamples?: boolean;
}

/**
 * Makes labelled pictures of annotations that coco-eval loaded.
 *
 * Without `classes`, categories without boxes are left out and named; classes that were asked for must have boxes.
 *
 * @throws SsdliteError `DATASET_INVALID` for boxes that are not finite or not in pixels, pictures without name or size or listed twice,
 * classes without examples; `UNKNOWN_CLASS` for a class that the file does not have, with the nearest name
 * @example
 * const annotations = labelledImages(loadGroundTruth(json, { type: 'bbox' }), { classes: ['cup', 'spoon'] });
 */
export function labelledImages(
  groundTruth: GroundTruth,
  { classes: wanted, needsExamples = true }: ReadAnnotationsOptions = {},
): Annotations {
  const problems = new Problems();
  const { categories, images, truths } = groundTruth;
  const named = categories.map(({ id, name }) => ({ id, name: name ?? `category ${id}` }));
  const chosen = wanted
    ? wanted.map((name) => categoryCalled(name, named))
    : usedCategories(named, groundTruth, problems);
  const columns = new Map(chosen.map(({ id }, index) => [id, index + 1]));
  const counts = new Array<number>(chosen.length).fill(0);
  const boxesOf = new Map<number, Box[]>();
  const sizes = new Map(images.map((image) => [image.id, checkImage(image)]));
  if (sizes.size < images.length) throw duplicateImage(images);
  refuseUnits(groundTruth, sizes);
  const known = new Set(named.map(({ id }) => id));
  for (let index = 0; index < truths.count; index++) {
    const id = truths.ids[index] as number;
    const imageId = truths.imageIds[index] as number;
    const image = sizes.get(imageId);
    const categoryId = truths.categoryIds[index] as number;
    if (!image || !known.has(categoryId)) {
      problems.add('ANNOTATION_UNUSED', `Annotation ${id} is of a picture or category that is not listed`);
      continue;
    }
    const column = columns.get(categoryId);
    if (column === undefined) continue;
    const name = `The box of annotation ${id} on '${image.fileName}'`;
    const corners = clipBox(truths.boxes.subarray(index * 4, index * 4 + 4), image, { name, problems });
    if (!corners) continue;
    const isCrowd = truths.crowds[index] === 1;
    if (isCrowd) problems.add('CROWD', `${name} is a crowd`);
    else counts[column - 1] = (counts[column - 1] ?? 0) + 1;
    const boxes = boxesOf.get(imageId) ?? [];
    boxes.push({ corners, column, weight: isCrowd ? 0 : 1 });
    boxesOf.set(imageId, boxes);
  }
  if (needsExamples) {
    checkExamples(
      chosen.map(({ name }) => name),
      counts,
    );
  }
  return {
    classes: chosen.map(({ name }) => name),
    categoryIds: chosen.map(({ id }) => id),
    images: images.map(({ id }) => labelled(sizes.get(id) as CheckedImage, boxesOf.get(id) ?? [])),
    boxCounts: counts,
    problems: problems.list(),
  };
}

/** The same error as one of this package, with its own words. */
export function datasetError(error: unknown): unknown {
  if (!(error instanceof CocoEvalError)) return error;
  const { message, next, value } = error;
  if (error.code === 'ABORTED')
    return new SsdliteError('ABORTED', message.replace(next, '').trim(), { value, next, cause: error });
  return new SsdliteError('DATASET_INVALID', message.slice(0, message.length - next.length).trim(), {
    value,
    next,
    cause: error,
  });
}

interface Category {
  readonly id: number;
  readonly name: string;
}

interface Box {
  readonly corners: readonly [number, number, number, number];
  readonly column: number;
  readonly weight: number;
}

type CheckedImage = Pick<LabelledImage, 'id' | 'fileName' | 'width' | 'height'>;

/** How far a box may reach beyond its picture before it is worth a word: files round differently. */
const slackPixels = 1;

/** What cannot be meant: trained on, it would cost hours before anybody noticed. */
function refuseUnits({ truths }: GroundTruth, images: ReadonlyMap<number, CheckedImage>): void {
  const { boxes, count, imageIds } = truths;
  if (count === 0) return;
  if (boxes.every((value) => value >= 0 && value <= 1)) throw wrongUnits('fractions of the picture', boxes);
  let beyond = 0;
  for (let index = 0; index < count; index++) {
    const image = images.get(imageIds[index] as number);
    const [left = 0, top = 0, width = 0, height = 0] = boxes.subarray(index * 4, index * 4 + 4);
    if (image && (left + width > image.width + slackPixels || top + height > image.height + slackPixels))
      beyond++;
  }
  if (beyond >= fewBeyond && beyond > count / 2) throw wrongUnits('left, top, right, bottom', boxes);
}

/** So many boxes may reach beyond their pictures, whatever their share. */
const fewBeyond = 4;

function wrongUnits(what: string, boxes: Float64Array): SsdliteError {
  const first = [...boxes.subarray(0, 4)];
  return new SsdliteError(
    'DATASET_INVALID',
    `The boxes look like ${what}; the first is [${first.join(', ')}].`,
    {
      value: first,
      next: 'Boxes are left, top, width, height, in pixels of their picture.',
    },
  );
}

function categoryCalled(name: string, categories: readonly Category[]): Category {
  const category = categories.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (category) return category;
  const names = categories.map((each) => each.name);
  const nearest = nearestName(name, names);
  throw new SsdliteError('UNKNOWN_CLASS', `The annotations have no category '${name}'.`, {
    value: name,
    next: nearest ? `Did you mean '${nearest}'?` : `They have: ${names.slice(0, 10).join(', ')}.`,
  });
}

function usedCategories(
  categories: readonly Category[],
  { truths }: GroundTruth,
  problems: Problems,
): Category[] {
  const used = new Set<number>();
  for (let index = 0; index < truths.count; index++) {
    if (truths.crowds[index] === 0) used.add(truths.categoryIds[index] as number);
  }
  for (const { id, name } of categories) {
    if (!used.has(id)) problems.add('CLASS_UNUSED', `No box is of the category '${name}'`);
  }
  return categories.filter(({ id }) => used.has(id));
}

function checkImage({ id, file_name: fileName, width, height }: CocoImage): CheckedImage {
  if (fileName === undefined || !width || !height) {
    const lacks = fileName === undefined ? 'file_name' : 'width and height';
    throw new SsdliteError('DATASET_INVALID', `The picture with the id ${id} has no ${lacks}.`, {
      value: id,
      next: 'Every entry of "images" needs id, file_name, width and height.',
    });
  }
  return { id, fileName, width, height };
}

function duplicateImage(images: readonly CocoImage[]): SsdliteError {
  const seen = new Set<number>();
  const twice = images.find(({ id }) => seen.size === seen.add(id).size);
  return new SsdliteError('DATASET_INVALID', `Two pictures have the id ${twice?.id}.`, {
    value: twice?.id,
    next: 'Give every picture an id of its own.',
  });
}

/** @param box left, top, width, height in pixels */
function clipBox(
  box: Float64Array,
  { width, height }: CheckedImage,
  { name, problems }: { readonly name: string; readonly problems: Problems },
): readonly [number, number, number, number] | undefined {
  const [left = 0, top = 0, wide = 0, high = 0] = box;
  if (!box.every(Number.isFinite)) {
    throw new SsdliteError('DATASET_INVALID', `${name} is [${box.join(', ')}].`, {
      value: [...box],
      next: 'Boxes are four finite numbers: left, top, width, height in pixels.',
    });
  }
  if (wide <= 0 || high <= 0) {
    problems.add('BOX_EMPTY', `${name} has no area: it is ${wide} x ${high} pixels`);
    return undefined;
  }
  const [right, bottom] = [left + wide, top + high];
  const clipped = [
    Math.max(top, 0),
    Math.max(left, 0),
    Math.min(bottom, height),
    Math.min(right, width),
  ] as const;
  if (clipped[2] <= clipped[0] || clipped[3] <= clipped[1]) {
    problems.add('BOX_OUTSIDE', `${name} lies outside it`);
    return undefined;
  }
  const beyond = Math.max(-left, -top, right - width, bottom - height);
  if (beyond > slackPixels)
    problems.add('BOX_CLIPPED', `${name} reaches ${Math.round(beyond)} pixels beyond it`);
  return [clipped[0] / height, clipped[1] / width, clipped[2] / height, clipped[3] / width];
}

function checkExamples(classes: readonly string[], counts: readonly number[]): void {
  const without = classes.filter((_, index) => counts[index] === 0);
  if (classes.length > 0 && without.length === 0) return;
  const what =
    classes.length === 0
      ? 'There is no box to learn from'
      : `No usable box is of ${without.map((name) => `'${name}'`).join(', ')}`;
  throw new SsdliteError('DATASET_INVALID', `${what}.`, {
    value: without,
    next: classes.length === 0 ? 'Label some pictures first.' : 'Label some, or leave the class out.',
  });
}

function labelled(image: CheckedImage, boxes: readonly Box[]): LabelledImage {
  return {
    ...image,
    boxes: Float32Array.from(boxes.flatMap(({ corners }) => corners)),
    classes: Int32Array.from(boxes, ({ column }) => column),
    boxWeights: Float32Array.from(boxes, ({ weight }) => weight),
  };
}

const effects: Readonly<Record<DataProblemCode, string>> = {
  BOX_OUTSIDE: 'left out',
  BOX_CLIPPED: 'cut off at the border',
  BOX_EMPTY: 'left out',
  CROWD: 'what lies in it counts neither as object nor as background',
  CLASS_UNUSED: 'it becomes no class',
  ANNOTATION_UNUSED: 'left out',
};

class Problems {
  readonly #kinds = new Map<DataProblemCode, { first: string; count: number }>();

  add(code: DataProblemCode, first: string): void {
    const kind = this.#kinds.get(code);
    if (kind) kind.count++;
    else this.#kinds.set(code, { first, count: 1 });
  }

  list(): DataProblem[] {
    return [...this.#kinds].map(([code, { first, count }]) => ({
      code,
      count,
      message: `${first}${count === 1 ? '' : ` (and ${count - 1} more of this kind)`}: ${effects[code]}.`,
    }));
  }
}
