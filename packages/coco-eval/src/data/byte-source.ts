// Where bytes come from, piece by piece.

/** UTF-8 bytes: a file or blob, a web stream as `fetch` gives it, or anything that is iterated, such as a stream of Node. */
export type ByteSource = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** The pieces of a source. Not every browser iterates streams, so their readers are asked. */
export async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  const stream = 'stream' in source && typeof source.stream === 'function' ? source.stream() : source;
  if (!('getReader' in stream)) {
    yield* stream as AsyncIterable<Uint8Array>;
    return;
  }
  const reader = stream.getReader();
  let isDone = false;
  try {
    while (!isDone) {
      const { done, value } = await reader.read();
      isDone = done;
      if (value) yield value;
    }
  } finally {
    // Whoever stops early needs no more of it.
    if (!isDone) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}
