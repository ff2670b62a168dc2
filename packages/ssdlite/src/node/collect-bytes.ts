// The bytes of a stream, up to a limit; the stream is closed whatever happens.

import { Readable } from 'node:stream';
import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted, untilAborted } from '../abort.ts';
import type { ByteStream } from './image-input.ts';

export interface CollectBytesOptions {
  /** More than this is refused. */
  readonly maxBytes: number;
  /** The input's name in errors. */
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads a stream to its end.
 *
 * @throws SsdliteError `IMAGE_TOO_LARGE` above `maxBytes`, `INVALID_ARGUMENT` for a stream of something else than
 *   bytes, `ABORTED`; what the stream itself throws passes through.
 */
export async function collectBytes(stream: ByteStream, options: CollectBytesOptions): Promise<Uint8Array> {
  const { maxBytes, name, signal } = options;
  checkNotAborted(signal);
  const source = openSource(stream, name);
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(source.next(), signal);
      if (done) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, total);
      const chunk = toBytes(value, name);
      total += chunk.byteLength;
      if (total > maxBytes) throw tooManyBytes({ name, bytes: `more than ${maxBytes}`, maxBytes });
      chunks.push(chunk);
    }
  } catch (error) {
    source.stop();
    throw error;
  }
}

/** The error for an input of more bytes than the caller allows. */
export function tooManyBytes(what: { name: string; bytes: number | string; maxBytes: number }): SsdliteError {
  return new SsdliteError(
    'IMAGE_TOO_LARGE',
    `${what.name} has ${what.bytes} bytes; the limit is ${what.maxBytes}.`,
    {
      value: what.bytes,
      next: 'Pass a smaller file, or raise maxBytes.',
    },
  );
}

/** One way to read all kinds of streams; `stop` works while `next` is still waiting, unlike an iterator's `return`. */
interface Source {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  stop(): void;
}

function openSource(stream: ByteStream, name: string): Source {
  if ('getReader' in stream) {
    if (stream.locked) throw alreadyRead(name);
    const reader = stream.getReader();
    return { next: () => reader.read(), stop: () => void reader.cancel().catch(() => {}) };
  }
  if (stream instanceof Readable && (stream.readableEnded || stream.destroyed)) throw alreadyRead(name);
  const iterator: AsyncIterator<unknown> = stream[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    stop: () => {
      if (stream instanceof Readable) stream.destroy();
      iterator.return?.().catch(() => {});
    },
  };
}

function toBytes(chunk: unknown, name: string): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new SsdliteError('INVALID_ARGUMENT', `${name} delivers values of type ${typeof chunk}, not bytes.`, {
    value: chunk,
    next: 'Pass a stream of Buffers or Uint8Arrays, without setEncoding().',
  });
}

function alreadyRead(name: string): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${name} has been read already, or is being read.`, {
    next: 'Pass a fresh stream; for more than one call, keep its bytes.',
  });
}
