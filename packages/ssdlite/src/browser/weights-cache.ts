// Weights that the browser keeps between visits, by what is in them: their sha256.

import { sha256 } from '../weights/sha256.ts';

const cacheName = 'ssdlite-weights';

/** Not an address that anything is fetched from: the key under which the bytes lie. */
const keyOf = (digest: string): string => `${location.origin}/.ssdlite/${digest}`;

/**
 * The bytes that are kept, or those of `fetch`, which are kept then.
 *
 * Whatever the browser's storage refuses (it is full, switched off, or not there on pages that came by http) only costs the next
 * download.
 */
export async function throughCache(
  expected: string,
  fetch: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const cache = await openCache();
  if (!cache) return fetch();
  const key = keyOf(expected);
  const kept = await cache.match(key).catch(() => undefined);
  const keptBytes = await kept?.arrayBuffer().catch(() => undefined);
  if (keptBytes) {
    const bytes = new Uint8Array(keptBytes);
    if ((await sha256(bytes)) === expected) return bytes;
  }
  const bytes = await fetch();
  // What is damaged is refused later: it must not be kept.
  if ((await sha256(bytes)) === expected) await cache.put(key, new Response(bytes)).catch(() => undefined);
  return bytes;
}

async function openCache(): Promise<Cache | undefined> {
  const storage: CacheStorage | undefined = globalThis.caches;
  return storage?.open(cacheName).catch(() => undefined);
}

/** Throws away all weights that are kept. */
export async function clearWeightsCache(): Promise<void> {
  const storage: CacheStorage | undefined = globalThis.caches;
  await storage?.delete(cacheName).catch(() => false);
}
