// What can be wrong with a data set: counted by kind, the first few of each told.

/** `error`: it cannot be used as it is. `note`: it can, but somebody should look. */
export type ProblemSeverity = 'error' | 'note';

export interface DatasetProblem {
  /** Stable: codes are added, never renamed. */
  readonly code: string;
  readonly severity: ProblemSeverity;
  /** What they are, as `boxes wholly outside of their image`. */
  readonly what: string;
  readonly count: number;
  /** The first few, each by its place. */
  readonly examples: readonly string[];
}

/**
 * Problems of the annotations themselves.
 *
 * | code | severity | |
 * |---|---|---|
 * | `BROKEN_IMAGE`, `BROKEN_CATEGORY`, `BROKEN_ANNOTATION` | error | records without what they need, or with something else in its place |
 * | `DUPLICATE_IMAGE_ID`, `DUPLICATE_CATEGORY_ID`, `DUPLICATE_ID` | error | ids that are there twice |
 * | `ID_ZERO` | error | annotations with the id 0, which pycocotools takes for not matched |
 * | `UNKNOWN_IMAGE`, `UNKNOWN_CATEGORY` | error | annotations of what is not listed |
 * | `EMPTY_BOX` | error | boxes without width or height |
 * | `BOX_OUTSIDE` | error | boxes wholly outside of their image |
 * | `BOX_BEYOND_EDGE` | error | boxes that reach more than a pixel beyond the edge of their image |
 * | `NORMALIZED_BOXES`, `CORNER_BOXES` | error | boxes that seem to be fractions, or left, top, right, bottom |
 * | `BROKEN_SEGMENTATION` | error | polygons of half a point, masks of another size than their image |
 * | `DUPLICATE_FILE_NAME`, `DUPLICATE_CATEGORY_NAME` | note | names that are there twice |
 * | `DUPLICATE_BOX` | note | two boxes of one category around the same thing (IoU from 0.95) |
 * | `TWO_CATEGORIES` | note | one thing with two categories, likewise |
 * | `ODD_AREA` | note | areas that are larger than their boxes |
 * | `UNUSED_CATEGORY` | note | categories without an annotation |
 */
const kinds = {
  BROKEN_IMAGE: ['error', 'broken images'],
  BROKEN_CATEGORY: ['error', 'broken categories'],
  BROKEN_ANNOTATION: ['error', 'broken annotations'],
  DUPLICATE_IMAGE_ID: ['error', 'images with the id of another'],
  DUPLICATE_CATEGORY_ID: ['error', 'categories with the id of another'],
  DUPLICATE_ID: ['error', 'annotations with the id of another'],
  ID_ZERO: ['error', 'annotations with the id 0, which pycocotools takes for not matched'],
  UNKNOWN_IMAGE: ['error', 'annotations of an image that is not listed'],
  UNKNOWN_CATEGORY: ['error', 'annotations of a category that is not listed'],
  EMPTY_BOX: ['error', 'boxes without width or height'],
  BOX_OUTSIDE: ['error', 'boxes wholly outside of their image'],
  BOX_BEYOND_EDGE: ['error', 'boxes that reach beyond the edge of their image'],
  NORMALIZED_BOXES: ['error', 'boxes that seem to be fractions of their image instead of pixels'],
  CORNER_BOXES: [
    'error',
    'boxes that seem to be left, top, right, bottom instead of left, top, width, height',
  ],
  BROKEN_SEGMENTATION: ['error', 'broken segmentations'],
  DUPLICATE_FILE_NAME: ['note', 'images with the file of another'],
  DUPLICATE_CATEGORY_NAME: ['note', 'categories with the name of another'],
  DUPLICATE_BOX: ['note', 'boxes around the same as another of their category'],
  TWO_CATEGORIES: ['note', 'boxes around the same as one of another category'],
  ODD_AREA: ['note', 'areas that are larger than their box'],
  UNUSED_CATEGORY: ['note', 'categories without an annotation'],
} as const satisfies Readonly<Record<string, readonly [ProblemSeverity, string]>>;

export type DatasetProblemCode = keyof typeof kinds;

const examplesShown = 5;

/** Collects problems, of these kinds or of others that a caller knows. */
export class ProblemList {
  readonly #found = new Map<string, DatasetProblem & { count: number; readonly examples: string[] }>();

  /** @param example what is wrong, with its place; called only where it is shown */
  add(code: DatasetProblemCode, example: () => string): void {
    const [severity, what] = kinds[code];
    this.addOther({ code, severity, what }, example);
  }

  addOther(kind: Pick<DatasetProblem, 'code' | 'severity' | 'what'>, example: () => string): void {
    const { code } = kind;
    const known = this.#found.get(code);
    const problem = known ?? { ...kind, count: 0, examples: [] };
    if (!known) this.#found.set(code, problem);
    problem.count++;
    if (problem.examples.length < examplesShown) problem.examples.push(example());
  }

  /** Errors first, most first, then in the order of the table above. */
  list(): DatasetProblem[] {
    const codes = Object.keys(kinds);
    return [...this.#found.values()].sort(
      (a, b) =>
        Number(a.severity === 'note') - Number(b.severity === 'note') ||
        b.count - a.count ||
        codes.indexOf(a.code) - codes.indexOf(b.code),
    );
  }
}
