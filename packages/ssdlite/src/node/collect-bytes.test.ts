import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { collectBytes } from './collect-bytes.ts';
import type { ByteStream } from './image-input.ts';

const collect = (stream: unknown, options: { maxBytes?: number; signal?: AbortSignal } = {}) =>
  collectBytes(stream as ByteStream, {
    maxBytes: 100,
    name: 'the stream given',
    signal: undefined,
    ...options,
  });

const bytes = (...values: number[]) => new Uint8Array(values);

test('chunks of every kind of stream are joined in order', async () => {
  async function* chunks() {
    yield bytes(1, 2);
    yield bytes(3).buffer;
    yield Buffer.from([4]);
  }
  expect([...(await collect(chunks()))]).toEqual([1, 2, 3, 4]);
  expect([...(await collect(Readable.from(chunks())))]).toEqual([1, 2, 3, 4]);
  expect([...(await collect(new Blob([bytes(1, 2), bytes(3, 4)]).stream()))]).toEqual([1, 2, 3, 4]);
  expect((await collect(Readable.from([]))).length).toBe(0);
});

test('one byte over the limit is refused and closes the stream', async () => {
  expect((await collect(Readable.from([Buffer.alloc(60), Buffer.alloc(40)]))).length).toBe(100);
  const stream = Readable.from([Buffer.alloc(60), Buffer.alloc(41), Buffer.alloc(1)]);
  await expect(collect(stream)).rejects.toMatchObject({
    code: 'IMAGE_TOO_LARGE',
    message: expect.stringMatching(/more than 100 bytes; the limit is 100/),
  });
  expect(stream.destroyed).toBe(true);
});

test('an endless web stream is cancelled at the limit', async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(64)),
    cancel: () => {
      cancelled = true;
    },
  });
  await expect(collect(stream)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  expect(cancelled).toBe(true);
});

test('a stream that sends nothing is left and closed when the signal aborts', async () => {
  const controller = new AbortController();
  const stream = new Readable({ read() {} });
  const waiting = collect(stream, { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  expect(stream.destroyed).toBe(true);
});

test('a stream of text or of objects is refused', async () => {
  await expect(collect(Readable.from(['text']))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(collect(Readable.from([{ a: 1 }]))).rejects.toThrow(/values of type object, not bytes/);
});

test('a stream that was read before is refused', async () => {
  const blobStream = new Blob([bytes(1)]).stream();
  blobStream.getReader();
  await expect(collect(blobStream)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const readable = Readable.from([bytes(1)]);
  await collect(readable);
  await expect(collect(readable)).rejects.toThrow(/has been read already/);
});

test("the stream's own error passes through", async () => {
  async function* broken() {
    yield bytes(1);
    throw new RangeError('the cable was cut');
  }
  await expect(collect(broken())).rejects.toThrow(RangeError);
});
