// The bytes behind a URL, with progress, and told apart from the error page that a server may send instead.

import { SsdliteError } from '@ssdlite/layers';
import { abortedError, checkNotAborted } from '../abort.ts';

/** How far a download is. */
export interface Progress {
  /** Bytes so far. */
  readonly loaded: number;
  /** Bytes in all; undefined if neither the server nor the weights' manifest says so. */
  readonly total: number | undefined;
}

export interface FetchBytesOptions {
  /** What the bytes should be; for errors. */
  readonly expect: 'weights file' | 'weights manifest' | 'WebAssembly file' | 'picture';
  readonly signal?: AbortSignal | undefined;
  /** Bytes in all, once the caller knows: servers do not say it of what they compress. */
  readonly total?: (() => number | undefined) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Fetches a URL.
 *
 * @throws SsdliteError `FETCH_FAILED` for an error status, no answer, an answer that ends early, or a web page where a file was
 *   expected; `ABORTED`
 */
export async function fetchBytes(
  url: URL,
  { expect, signal, total, onProgress }: FetchBytesOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  checkNotAborted(signal);
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) {
      throw failed(`${shown(url)} answered ${`${response.status} ${response.statusText}`.trim()}.`, {
        value: response.status,
        next: `Check where the ${expect} lies.`,
      });
    }
    checkNoPage(url, response, expect);
    return await collect(response, { total, onProgress });
  } catch (error) {
    if (signal?.aborted) throw abortedError(signal);
    if (error instanceof SsdliteError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw failed(`${shown(url)} could not be fetched (${why}).`, {
      next: 'Check the address, the network, and whether the server allows other origins (CORS).',
      cause: error,
    });
  }
}

/** Single-page apps answer every address with their page, and status 200. */
function checkNoPage(url: URL, response: Response, expect: FetchBytesOptions['expect']): void {
  const type = response.headers.get('content-type') ?? '';
  if (expect === 'picture' || !/^text\/html\b/i.test(type)) return;
  throw failed(`${shown(url)} is a web page, not a ${expect}.`, {
    value: type,
    next: `Check where the ${expect} lies: servers of single-page apps answer unknown addresses with their page.`,
  });
}

async function collect(
  response: Response,
  { total, onProgress }: Pick<FetchBytesOptions, 'total' | 'onProgress'>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!onProgress || !response.body) return new Uint8Array(await response.arrayBuffer());
  // The length is that of the compressed bytes, which are not the ones that arrive here.
  const encoded = (response.headers.get('content-encoding') ?? 'identity') !== 'identity';
  const said = Number(response.headers.get('content-length'));
  const expected = () => total?.() ?? (encoded || said === 0 ? undefined : said);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  onProgress({ loaded, total: expected() });
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    loaded += value.length;
    onProgress({ loaded, total: expected() });
  }
  return joined(chunks, loaded);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Short, without what may be secret. */
function shown({ protocol, origin, pathname, href }: URL): string {
  return protocol === 'http:' || protocol === 'https:' ? `${origin}${pathname}` : `"${href.slice(0, 40)}"`;
}

function failed(
  what: string,
  details: { readonly value?: unknown; readonly next: string; readonly cause?: unknown },
): SsdliteError {
  return new SsdliteError('FETCH_FAILED', what, details);
}
