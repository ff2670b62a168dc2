// How a caller's `AbortSignal` ends a call.

import { SsdliteError } from '@ssdlite/layers';

/** The error of an aborted call; the signal's own reason is its `cause`. */
export function abortedError(signal: AbortSignal): SsdliteError {
  return new SsdliteError('ABORTED', 'The call was aborted by its signal.', {
    next: 'Call again with a signal that is not aborted.',
    cause: signal.reason,
  });
}

/** Throws `ABORTED` if the signal has been aborted, `INVALID_ARGUMENT` if it is no signal. */
export function checkNotAborted(signal: AbortSignal | undefined): void {
  if (signal && typeof signal.addEventListener !== 'function') {
    throw new SsdliteError('INVALID_ARGUMENT', 'The signal is not an AbortSignal.', {
      value: signal,
      next: 'Pass the signal of an AbortController, or AbortSignal.timeout(ms).',
    });
  }
  if (signal?.aborted) throw abortedError(signal);
}

/**
 * The result of `work`, or `ABORTED` as soon as the signal says so. The work itself may run on unheard: for
 * what cannot be stopped, such as a decoder that is in native code.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(abortedError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
