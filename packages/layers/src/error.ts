// The one error class of all packages: a stable code, the value that was wrong, and what to do next.

/**
 * What can go wrong, for programs to branch on. Codes are stable: they are added, never renamed.
 *
 * | code | meaning |
 * |---|---|
 * | `INVALID_ARGUMENT` | an option or argument has the wrong type or is out of range |
 * | `UNKNOWN_CLASS` | a class name or id that the labels do not have |
 * | `IMAGE_NOT_FOUND` | no file at that path, or a folder or pattern without pictures |
 * | `IMAGE_UNREADABLE` | not an image, damaged, cut short, or of a format that is not read |
 * | `IMAGE_TOO_LARGE` | more pixels, bytes or side ratio than the limit |
 * | `IMAGE_TAINTED` | a picture of another site, which does not let the page read it (browser) |
 * | `CAMERA_UNAVAILABLE` | a camera that is denied, absent, in use or unplugged (browser) |
 * | `FETCH_FAILED` | an http(s) URL answered with an error, too slowly, or not at all |
 * | `ABORTED` | the caller's `AbortSignal` ended the call |
 * | `NETWORK_INVALID` | an architecture that cannot be built (input too small, unknown tap, …) |
 * | `WEIGHTS_NOT_FOUND` | no weights file or manifest at that place |
 * | `WEIGHTS_DAMAGED` | a weights file that is cut short, altered, or lies about itself |
 * | `WEIGHTS_MISMATCH` | weights whose names, shapes or architecture are not the network's |
 * | `WEIGHTS_UNSUPPORTED` | a format, dtype or layer that cannot be read, or cannot be mapped |
 * | `ENGINE_UNAVAILABLE` | a forced engine does not load, or no engine does |
 * | `ENGINE_FAILED` | an engine stopped while running |
 * | `DETECTOR_DISPOSED` | a detector, classifier or engine used after `dispose()` |
 * | `OPTIONAL_DEPENDENCY_MISSING` | an optional package is needed for this and is not installed |
 * | `DATASET_INVALID` | labelled pictures that cannot be trained on: boxes, classes or pictures |
 * | `TRAINING_DIVERGED` | a loss or gradient that is not finite |
 * | `RUN_MISMATCH` | a run that is to go on with other classes, data or options than it began with |
 * | `OUT_OF_MEMORY` | a batch for which the device or the machine has not enough memory |
 * | `WRITE_FAILED` | an output could not be written; nothing is left half-written |
 */
export type SsdliteErrorCode =
  | 'INVALID_ARGUMENT'
  | 'UNKNOWN_CLASS'
  | 'IMAGE_NOT_FOUND'
  | 'IMAGE_UNREADABLE'
  | 'IMAGE_TOO_LARGE'
  | 'IMAGE_TAINTED'
  | 'CAMERA_UNAVAILABLE'
  | 'FETCH_FAILED'
  | 'ABORTED'
  | 'NETWORK_INVALID'
  | 'WEIGHTS_NOT_FOUND'
  | 'WEIGHTS_DAMAGED'
  | 'WEIGHTS_MISMATCH'
  | 'WEIGHTS_UNSUPPORTED'
  | 'ENGINE_UNAVAILABLE'
  | 'ENGINE_FAILED'
  | 'DETECTOR_DISPOSED'
  | 'OPTIONAL_DEPENDENCY_MISSING'
  | 'DATASET_INVALID'
  | 'TRAINING_DIVERGED'
  | 'RUN_MISMATCH'
  | 'OUT_OF_MEMORY'
  | 'WRITE_FAILED';

export interface SsdliteErrorOptions {
  /** The value that was wrong. */
  readonly value?: unknown;
  /** What the reader can do next, as a sentence. */
  readonly next: string;
  /** The error below, if there was one. */
  readonly cause?: unknown;
}

/**
 * The one error that these packages raise on purpose.
 *
 * @example
 * throw new SsdliteError('INVALID_ARGUMENT', 'scoreThreshold is 1.5.', { value: 1.5, next: 'Pass a number from 0 to 1.' });
 */
export class SsdliteError extends Error {
  override readonly name = 'SsdliteError';
  readonly code: SsdliteErrorCode;
  readonly value: unknown;
  readonly next: string;

  /** @param what one sentence that says what is wrong and names the value */
  constructor(code: SsdliteErrorCode, what: string, { value, next, cause }: SsdliteErrorOptions) {
    super(`${what} ${next}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.value = value;
    this.next = next;
  }
}
