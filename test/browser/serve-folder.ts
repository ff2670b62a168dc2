// A server on the loopback for a folder of built files, under a path of its own, as a plain static host would serve it.

import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export interface FolderServer {
  /** Ends with a slash. */
  readonly url: string;
  /** The same server under another name: another site for the browser, to which it gives its files as a CDN does. */
  readonly otherSite: string;
  /** Bytes that each file took, compressed as hosts do, since the server started. */
  readonly sent: Map<string, number>;
  close(): Promise<void>;
}

/**
 * @param options.path where it lies, with slashes at both ends
 * @param options.headers for every file, e.g. those that isolate a page
 */
export async function serveFolder(
  folder: string,
  { path = '/', headers: more = {} }: { path?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<FolderServer> {
  const sent = new Map<string, number>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/favicon.ico') {
      // Browsers ask for it by themselves.
      response.writeHead(204).end();
      return;
    }
    const name = normalize(decodeURIComponent(pathname.slice(path.length)) || 'index.html');
    const file = join(folder, name);
    if (
      !pathname.startsWith(path) ||
      name.startsWith('..') ||
      !statSync(file, { throwIfNoEntry: false })?.isFile()
    ) {
      response.writeHead(404).end();
      return;
    }
    const type = types[extname(name)] ?? 'application/octet-stream';
    const bytes = gzipSync(readFileSync(file));
    sent.set(name, (sent.get(name) ?? 0) + bytes.length);
    const headers = { 'content-type': type, 'content-encoding': 'gzip', 'access-control-allow-origin': '*' };
    response.writeHead(200, { ...headers, ...more }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    otherSite: `http://localhost:${port}${path}`,
    sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
