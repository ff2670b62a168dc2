// A server on the loopback for the tests' page, the sample photos, and what single tests add.

import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageFiles } from './build-page.ts';

const photos = fileURLToPath(new URL('../../examples/photos/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
};

/** Answers a request that a test cares about itself; undefined for all others. */
export type Route = (request: IncomingMessage, response: ServerResponse) => true | undefined;

/** A server that runs. */
export interface PageServer {
  /** Ends with a slash. */
  readonly url: string;
  /** The same server under another name: another site for the browser. */
  readonly otherSite: string;
  /** Goes before the files; set by tests. */
  route: Route | undefined;
  /** Sent with every file; set by tests. */
  headers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** @param options.headers for everything, e.g. those that isolate a page */
export async function servePage(
  files: PageFiles,
  { headers = {} }: { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<PageServer> {
  const server = createServer((request, response) => {
    if (served.route?.(request, response)) return;
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname === '/' ? 'index.html' : decodeURIComponent(pathname.slice(1));
    const type = types[extname(name)] ?? 'application/octet-stream';
    const file = files.get(name);
    if (file !== undefined) {
      response.writeHead(200, { 'content-type': type, ...served.headers }).end(file);
    } else if (/^photos\/[\w-]+\.jpg$/.test(name) && existsSync(photos + name.slice(7))) {
      response.writeHead(200, { 'content-type': type, ...served.headers });
      createReadStream(photos + name.slice(7)).pipe(response);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const served: PageServer = {
    url: `http://127.0.0.1:${port}/`,
    otherSite: `http://localhost:${port}/`,
    route: undefined,
    headers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return served;
}

/** The headers of a page that is cross-origin isolated: with them it has memory that threads share. */
export const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
} as const;
