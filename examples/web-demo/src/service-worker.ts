// Keeps the page for use without a network, and gives it the headers that threads in WebAssembly need, on hosts that cannot.

/** What of a service worker's global scope is used here; TypeScript's own types of it exclude those of pages. */
interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(
    type: 'install' | 'activate',
    listener: (event: { waitUntil(work: Promise<void>): void }) => void,
  ): void;
  addEventListener(
    type: 'fetch',
    listener: (event: { readonly request: Request; respondWith(response: Promise<Response>): void }) => void,
  ): void;
}

const worker = globalThis as unknown as ServiceWorkerScope;

/** Files of this build, filled in by `vite.config.ts`, and a name that changes with them. */
const build: { readonly files: readonly string[]; readonly version: string } = JSON.parse('__PRECACHE__');

const cacheName = `ssdlite-demo-${build.version}`;

worker.addEventListener('install', (event) => {
  event.waitUntil(keepAll());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers());
});

worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && url.startsWith(worker.registration.scope)) event.respondWith(answer(event.request));
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(build.files.map((file) => new URL(file, worker.registration.scope).href));
  await worker.skipWaiting();
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('ssdlite-demo-') && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** From the cache, else from the network; engines that were left out are kept when they are first used. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const isPage = request.mode === 'navigate';
  const kept = await cache.match(isPage ? worker.registration.scope : request, { ignoreSearch: isPage });
  const response = kept ?? (await fetch(request));
  if (!kept && response.ok && response.type === 'basic') await cache.put(request, response.clone());
  return isolated(response);
}

/** SharedArrayBuffer, and with it threads, need these two headers on everything that the page loads. */
function isolated(response: Response): Response {
  if (response.type === 'opaque' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
