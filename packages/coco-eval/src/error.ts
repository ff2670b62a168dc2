// The one error of this package: a stable code, the value that was wrong, and what to do next.

/**
 * What can go wrong. Codes are stable: they are added, never renamed.
 *
 * | code | meaning |
 * |---|---|
 * | `INVALID_ARGUMENT` | an option has the wrong type or is out of range |
 * | `INVALID_JSON` | text that is not JSON, or ends early; the position is named |
 * | `INVALID_ANNOTATIONS` | ground truth that cannot be evaluated; the record is named |
 * | `INVALID_RESULTS` | results that cannot be evaluated; the record is named |
 * | `INVALID_MASK` | a run-length encoding or polygon that does not fit its image |
 * | `FILE_NOT_FOUND` | no file at that path, or it cannot be read |
 * | `WRITE_FAILED` | an output could not be written; nothing is left half-written |
 * | `ABORTED` | the caller's `AbortSignal` ended the call |
 */
export type CocoEvalErrorCode =
  | 'INVALID_ARGUMENT'
  | 'INVALID_JSON'
  | 'INVALID_ANNOTATIONS'
  | 'INVALID_RESULTS'
  | 'INVALID_MASK'
  | 'FILE_NOT_FOUND'
  | 'WRITE_FAILED'
  | 'ABORTED';

/** The one error that this package raises on purpose. */
export class CocoEvalError extends Error {
  override readonly name = 'CocoEvalError';
  readonly code: CocoEvalErrorCode;
  /** The value that was wrong. */
  readonly value: unknown;
  /** What the reader can do next. */
  readonly next: string;

  /** @param what one sentence that says what is wrong and names the value */
  constructor(
    code: CocoEvalErrorCode,
    what: string,
    { value, next, cause }: { readonly value?: unknown; readonly next: string; readonly cause?: unknown },
  ) {
    super(`${what} ${next}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.value = value;
    this.next = next;
  }
}

/** The same error, saying where: `place: what is wrong`. */
export function placed(error: CocoEvalError, place: string): CocoEvalError {
  const { code, message, value, next, cause } = error;
  const what = message.slice(0, message.length - next.length).trim();
  return new CocoEvalError(code, `${place}: ${what}`, { value, next, cause });
}
