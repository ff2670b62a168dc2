import { createReadStream, openAsBlob } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImageInput } from './image-input.ts';
import { type ReadImageOptions, readImage } from './read-image.ts';

const expected = { data: new Uint8Array([200, 100, 50, 10, 20, 250]), width: 2, height: 1, channels: 3 };

let folder: string;
let path: string;
let png: Buffer;
let server: Server;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssdlite-'));
  path = join(folder, 'two pixels #1.png');
  png = await sharp(expected.data, { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toBuffer();
  await writeFile(path, png);
  await writeFile(join(folder, 'empty.png'), '');
  await writeFile(join(folder, 'notes.jpg'), 'not a picture');
  await mkdir(join(folder, 'folder.jpg'));
  server = createServer((request, response) => {
    if (request.url?.startsWith('/photo.png')) response.end(png);
    else if (request.url === '/page')
      response.setHeader('content-type', 'text/html').end('<html>Please log in</html>');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const refused = (input: unknown, options?: ReadImageOptions) =>
  expect(readImage(input as ImageInput, options), String(input)).rejects;

test('every kind of input gives the same pixels', async () => {
  const chunks = async function* () {
    yield png.subarray(0, 10);
    yield png.subarray(10);
  };
  const inputs: Record<string, ImageInput> = {
    path,
    'file URL': pathToFileURL(path),
    'file URL as text': pathToFileURL(path).href,
    'http URL': new URL('/photo.png', origin),
    'http URL as text': `${origin}/photo.png?size=large`,
    'data URL': `data:image/png;base64,${png.toString('base64')}`,
    Buffer: png,
    Uint8Array: new Uint8Array(png),
    'part of a larger array': new Uint8Array([1, 2, 3, ...png, 4]).subarray(3, 3 + png.length),
    ArrayBuffer: new Uint8Array(png).buffer,
    Blob: new Blob([new Uint8Array(png)]),
    'Blob of a file': await openAsBlob(path),
    File: new File([new Uint8Array(png)], 'photo.png'),
    'Node stream': createReadStream(path),
    'web stream': new Blob([new Uint8Array(png)]).stream(),
    'async iterable': chunks(),
    'raw pixels': { data: expected.data, width: 2, height: 1 },
    tensor: { shape: [1, 2, 3], data: async () => new Int32Array(expected.data) },
  };
  for (const [kind, input] of Object.entries(inputs)) expect(await readImage(input), kind).toEqual(expected);
});

test('raw pixels are passed through, not copied', async () => {
  const data = new Uint8ClampedArray(16);
  const pixels = await readImage({ data, width: 2, height: 2, channels: 4 });
  expect(pixels.data).toBe(data);
});

test('the decoded pixels are a plain Uint8Array, not a Buffer', async () => {
  expect((await readImage(path)).data.constructor).toBe(Uint8Array);
});

test('a file that was replaced is read anew', async () => {
  const changing = join(folder, 'changing.png');
  for (const background of ['#102030', '#405060']) {
    await writeFile(
      changing,
      await sharp({ create: { width: 1, height: 1, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    const { data } = await readImage(changing);
    expect(Buffer.from(data).toString('hex')).toBe(background.slice(1));
  }
});

test('files that are not there, not files, empty or not pictures have an error each', async () => {
  await refused(join(folder, 'gone.jpg')).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  await refused(join(folder, 'gone.jpg')).toThrow(`"${join(folder, 'gone.jpg')}" does not exist.`);
  await refused(join(path, 'inside.jpg')).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  await refused(pathToFileURL(join(folder, 'gone.jpg'))).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  await refused(createReadStream(join(folder, 'gone.jpg'))).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  await refused(createReadStream(join(folder, 'gone.jpg'))).toThrow(
    /^The stream of ".*gone\.jpg" does not exist/,
  );
  await refused(join(folder, 'folder.jpg')).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  await refused(join(folder, 'folder.jpg')).toThrow(/is a folder, not a picture/);
  await refused(join(folder, 'empty.png')).toThrow(/empty\.png" is empty/);
  await refused(join(folder, 'notes.jpg')).toThrow(/notes\.jpg" is text/);
  await refused(join(folder, 'notes.jpg')).toMatchObject({ code: 'IMAGE_UNREADABLE' });
});

test("a link in a circle is an error of the file, with the system's code", async () => {
  const link = join(folder, 'circle.jpg');
  await symlink(link, link);
  await refused(link).toMatchObject({ code: 'IMAGE_UNREADABLE', message: expect.stringMatching(/ELOOP/) });
});

const isRoot = process.geteuid?.() === 0;
test.skipIf(process.geteuid === undefined)('a file without permission to read is named as such', async () => {
  const secret = join(folder, 'secret.png');
  await writeFile(secret, png);
  await chmod(secret, 0o000);
  await chmod(folder, 0o755);
  // Root may read everything: become nobody for the length of the call.
  if (isRoot) process.seteuid?.(65534);
  try {
    await refused(secret).toMatchObject({
      code: 'IMAGE_UNREADABLE',
      message: expect.stringMatching(/may not be read \(EACCES\)/),
    });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('an answer that is an error or a web page is refused, without what is secret in the URL', async () => {
  await refused(`${origin}/gone.jpg?token=secret`).toMatchObject({ code: 'FETCH_FAILED' });
  await refused(`${origin}/gone.jpg?token=secret`).toThrow(`${origin}/gone.jpg answered 404 Not Found.`);
  await refused(`${origin}/page`).toThrow(`${origin}/page is a web page, sent as text/html.`);
  await refused(`${origin}/page`).toMatchObject({ code: 'IMAGE_UNREADABLE' });
});

test('limits hold for files, URLs, streams and raw pixels', async () => {
  for (const input of [path, png, `${origin}/photo.png`, { data: expected.data, width: 2, height: 1 }]) {
    await refused(input, { maxPixels: 1 }).toMatchObject({ code: 'IMAGE_TOO_LARGE', value: 2 });
  }
  await refused(`${origin}/photo.png`, { maxBytes: 20 }).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  await refused(createReadStream(path), { maxBytes: 20 }).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  expect(await readImage(path, { maxBytes: 20 })).toEqual(expected);
});

test('a limit that is no number of 1 or more is refused', async () => {
  for (const value of [0, -1, 1.5, Number.NaN]) {
    for (const name of ['maxPixels', 'maxBytes', 'timeoutMs']) {
      await refused(path, { [name]: value }).toThrow(`${name} is ${value}.`);
      await refused(path, { [name]: value }).toMatchObject({ code: 'INVALID_ARGUMENT', value });
    }
  }
  expect((await readImage(path, { maxPixels: Number.POSITIVE_INFINITY })).width).toBe(2);
});

test('a signal that is none is refused', async () => {
  await refused(path, { signal: {} as AbortSignal }).toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('an aborted signal ends every kind of input', async () => {
  const pixels = { data: expected.data, width: 2, height: 1 };
  for (const input of [path, png, `${origin}/photo.png`, new Blob([]), pixels]) {
    await refused(input, { signal: AbortSignal.abort() }).toMatchObject({ code: 'ABORTED' });
  }
  for (const input of [path, png, `${origin}/photo.png`, new Blob([new Uint8Array(png)])]) {
    const controller = new AbortController();
    const waiting = readImage(input, { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  }
});

test.each<[string, unknown, RegExp]>([
  ['nothing', undefined, /cannot be read from undefined/],
  ['null', null, /cannot be read from null/],
  ['a number', 7, /cannot be read from number/],
  ['an array', [1, 2], /cannot be read from an object of class Array/],
  ['an object', {}, /cannot be read from an object of class Object/],
  ['a promise', Promise.resolve('photo.jpg'), /cannot be read from an object of class Promise/],
  ['floats', new Float32Array(4), /cannot be read from Float32Array/],
  ['an empty path', '', /The path is empty/],
  ['a null byte', 'a\0b', /is not a path/],
  ['another scheme', 's3://bucket/photo.jpg', /has a scheme \(s3:\) that is not read/],
  ['a file URL of another machine', 'file://server/photo.jpg', /is no file of this machine/],
  ['a malformed URL', 'http://', /is not a URL/],
])('%s cannot be a picture', async (_, input, message) => {
  await refused(input).toThrow(message);
  await refused(input).toMatchObject({ code: 'INVALID_ARGUMENT' });
});
