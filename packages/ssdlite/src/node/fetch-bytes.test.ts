import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchBytes } from './fetch-bytes.ts';

/** A server on this machine: each path is one way of answering. */
const answers: Record<string, RequestListener> = {
  '/ok': (_, response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([1, 2, 3])),
  '/private': (request, response) => {
    const login = Buffer.from('me@home:p:w').toString('base64');
    response.writeHead(request.headers.authorization === `Basic ${login}` ? 200 : 401).end('x');
  },
  '/missing': (_, response) => response.writeHead(404).end('no such thing'),
  '/broken': (_, response) => response.writeHead(500).end(),
  '/moved': (_, response) => response.writeHead(302, { location: '/ok' }).end(),
  '/circle': (_, response) => response.writeHead(302, { location: '/circle' }).end(),
  '/away': (_, response) => response.writeHead(302, { location: 'ftp://127.0.0.1/x' }).end(),
  '/announced': (_, response) =>
    response.writeHead(200, { 'content-length': '1000' }).end(Buffer.alloc(1000)),
  '/unannounced': (_, response) => {
    response.write(Buffer.alloc(600));
    response.end(Buffer.alloc(400));
  },
  '/silent': () => {},
  '/stalling': (_, response) => void response.write(Buffer.alloc(10)),
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': '500' });
    response.write(Buffer.alloc(10), () => response.destroy());
  },
};

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => answers[request.url ?? '']?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (path: string, options: { maxBytes?: number; timeoutMs?: number; signal?: AbortSignal } = {}) =>
  fetchBytes(new URL(path, origin), {
    maxBytes: 999,
    timeoutMs: 30_000,
    name: path,
    signal: undefined,
    ...options,
  });

test('the bytes and the type of an answer come back', async () => {
  const { bytes, contentType } = await get('/ok');
  expect([...bytes]).toEqual([1, 2, 3]);
  expect(contentType).toBe('image/png');
});

test('a login in the URL is sent as a header', async () => {
  const url = new URL('/private', origin);
  const options = { maxBytes: 9, timeoutMs: 30_000, name: 'it', signal: undefined };
  await expect(fetchBytes(url, options)).rejects.toMatchObject({ code: 'FETCH_FAILED', value: 401 });
  url.username = 'me@home';
  url.password = 'p:w';
  expect((await fetchBytes(url, options)).bytes.length).toBe(1);
});

test('redirects are followed, in circles and to other schemes they fail', async () => {
  expect([...(await get('/moved')).bytes]).toEqual([1, 2, 3]);
  await expect(get('/circle')).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  await expect(get('/away')).rejects.toMatchObject({ code: 'FETCH_FAILED' });
});

test('an error status is named', async () => {
  await expect(get('/missing')).rejects.toMatchObject({ code: 'FETCH_FAILED', value: 404 });
  await expect(get('/missing')).rejects.toThrow('/missing answered 404 Not Found.');
  await expect(get('/broken')).rejects.toMatchObject({ code: 'FETCH_FAILED', value: 500 });
});

test('too many bytes are refused, announced or not', async () => {
  await expect(get('/announced')).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE', value: 1000 });
  await expect(get('/unannounced')).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  expect((await get('/unannounced', { maxBytes: 1000 })).bytes.length).toBe(1000);
});

test('a server that does not answer, or stops half-way, runs into the time limit', async () => {
  await expect(get('/silent', { timeoutMs: 50 })).rejects.toThrow('/silent took longer than 50 ms.');
  await expect(get('/stalling', { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'FETCH_FAILED',
    value: 50,
  });
});

test('a connection that breaks, or is never made, is a clear error', async () => {
  await expect(get('/cut')).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  const nobody = fetchBytes(new URL('http://127.0.0.1:1/'), {
    maxBytes: 1,
    timeoutMs: 30_000,
    name: 'x',
    signal: undefined,
  });
  await expect(nobody).rejects.toMatchObject({ code: 'FETCH_FAILED' });
});

test('the signal ends a request before, while waiting, and within the body', async () => {
  await expect(get('/ok', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  for (const path of ['/silent', '/stalling']) {
    const controller = new AbortController();
    const waiting = get(path, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  }
});

test('no time limit is one that setTimeout can hold', async () => {
  expect((await get('/ok', { timeoutMs: Number.POSITIVE_INFINITY })).bytes.length).toBe(3);
});
