// Annotations of another format on their way to COCO's: what was read, and what of it could not be.

import { type CocoDataset, CocoEvalError, type ProblemList } from '@ssdlite/coco-eval';

/** A data set in COCO's form, made from another. */
export interface ConvertedAnnotations {
  readonly dataset: CocoDataset;
  /** What is wrong with the files it was made from; their good parts are in it. */
  readonly problems: ProblemList;
  /** Whether its categories have names, or only the numbers that label files have. */
  readonly isNamed: boolean;
}

/** A picture that annotations may be about. */
export interface AnnotatedPicture {
  /** Path from the folder of the pictures, with slashes. */
  readonly name: string;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
}

/** Adds a line of a file that cannot be understood. */
export function addBrokenLabel(problems: ProblemList, example: () => string): void {
  const what = 'labels that cannot be read';
  problems.addOther({ code: 'BROKEN_LABEL', severity: 'error', what }, example);
}

/** Adds a label file without its picture. */
export function addLonelyLabel(problems: ProblemList, example: () => string): void {
  const what = 'label files without their picture';
  problems.addOther({ code: 'LABEL_WITHOUT_PICTURE', severity: 'error', what }, example);
}

/**
 * The data set, for those who cannot do with half of it.
 *
 * @throws CocoEvalError `INVALID_ANNOTATIONS` if anything is wrong with the files
 */
export function soundDataset({ dataset, problems }: ConvertedAnnotations): CocoDataset {
  const [first] = problems.list();
  if (!first) return dataset;
  throw new CocoEvalError(
    'INVALID_ANNOTATIONS',
    `There are ${first.what} (${first.count}): ${first.examples[0]}.`,
    {
      value: first.code,
      next: 'ssdlite inspect-data tells of all of them.',
    },
  );
}
