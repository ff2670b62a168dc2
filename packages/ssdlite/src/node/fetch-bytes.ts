// The bytes behind an http(s) or data URL, within limits of time and size.

import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted } from '../abort.ts';
import { collectBytes, tooManyBytes } from './collect-bytes.ts';

export interface FetchBytesOptions {
  /** More than this is refused, at the answer's header if it tells its length. */
  readonly maxBytes: number;
  /** Milliseconds for the whole answer, redirects and body too. */
  readonly timeoutMs: number;
  /** The URL's name in errors. */
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/** What a server sent. */
export interface FetchedBytes {
  readonly bytes: Uint8Array;
  /** The answer's `content-type`, which may be wrong: the bytes decide. */
  readonly contentType: string | undefined;
}

/**
 * Fetches a URL, following redirects.
 *
 * @throws SsdliteError `FETCH_FAILED` for an error status, no answer or a slow one, `IMAGE_TOO_LARGE`, `ABORTED`
 */
export async function fetchBytes(url: URL, options: FetchBytesOptions): Promise<FetchedBytes> {
  const { maxBytes, timeoutMs, name, signal } = options;
  checkNotAborted(signal);
  // One controller for the timeout and the caller's signal: AbortSignal.any() holds on to long-lived signals.
  const controller = new AbortController();
  const stop = () => controller.abort();
  let tooSlow = false;
  const timer = setTimeout(
    () => {
      tooSlow = true;
      stop();
    },
    Math.min(timeoutMs, LONGEST_TIMER_MS),
  );
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const response = await fetch(withoutLogin(url), { signal: controller.signal, headers: loginOf(url) });
    if (!response.ok) throw statusError(response, name);
    const length = Number(response.headers.get('content-length'));
    if (length > maxBytes) throw tooManyBytes({ name, bytes: length, maxBytes });
    const bytes = response.body
      ? await collectBytes(response.body, { maxBytes, name, signal: undefined })
      : new Uint8Array();
    return { bytes, contentType: response.headers.get('content-type') ?? undefined };
  } catch (error) {
    stop();
    checkNotAborted(signal);
    if (error instanceof SsdliteError) throw error;
    throw tooSlow ? slowError(name, timeoutMs) : networkError(error, name);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** What setTimeout can hold (2^31 - 1); more, Infinity too, it would take as 1. */
const LONGEST_TIMER_MS = 2147483647;

/** `fetch` refuses URLs that carry a login; it goes into a header, which a redirect to another server drops. */
function loginOf(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

function withoutLogin(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

function statusError(response: Response, name: string): SsdliteError {
  const status = `${response.status} ${response.statusText}`.trim();
  return new SsdliteError('FETCH_FAILED', `${name} answered ${status}.`, {
    value: response.status,
    next: 'Check the address, and whether it needs a login.',
  });
}

function slowError(name: string, timeoutMs: number): SsdliteError {
  return new SsdliteError('FETCH_FAILED', `${name} took longer than ${timeoutMs} ms.`, {
    value: timeoutMs,
    next: 'Try again, or raise timeoutMs.',
  });
}

function networkError(error: unknown, name: string): SsdliteError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const why = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new SsdliteError('FETCH_FAILED', `${name} could not be fetched (${why}).`, {
    next: 'Check the address and the network.',
    cause: error,
  });
}
