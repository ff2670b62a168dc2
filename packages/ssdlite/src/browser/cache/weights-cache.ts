// Weights that the browser keeps between visits, by what is in them: their sha256.

import { SsdliteError } from '@ssdlite/layers';
import { sha256 } from '../../weights/sha256.ts';
import type { ByteStore } from './byte-store.ts';
import { cacheStorage } from './cache-storage.ts';
import { indexedDb } from './indexed-db.ts';

const stores = { 'cache-storage': cacheStorage, indexeddb: indexedDb } as const satisfies Record<
  string,
  ByteStore
>;

/** Where weights are kept. */
export type WeightsCache = keyof typeof stores;

/**
 * What a caller says about keeping weights; true is `cache-storage`, or `indexeddb` on pages that came by http, which have no other.
 *
 * @throws SsdliteError `INVALID_ARGUMENT`
 */
export function resolveCache(cache: boolean | WeightsCache | undefined): WeightsCache | undefined {
  if (cache === undefined || cache === false) return undefined;
  const where = cache === true ? ('caches' in globalThis ? 'cache-storage' : 'indexeddb') : cache;
  if (Object.hasOwn(stores, where)) return where;
  throw new SsdliteError('INVALID_ARGUMENT', `cache is ${JSON.stringify(cache)}.`, {
    value: cache,
    next: `Pass true, false, or one of: ${Object.keys(stores).join(', ')}.`,
  });
}

/**
 * The bytes that are kept, or those of `fetch`, which are kept then.
 *
 * Whatever the browser's storage refuses (it is full, switched off, or not there) only costs the next download.
 */
export async function throughCache(
  { where, expected }: { readonly where: WeightsCache; readonly expected: string },
  fetch: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const store = stores[where];
  const kept = await store.get(expected).catch(() => undefined);
  if (kept && (await sha256(kept)) === expected) return kept;
  const bytes = await fetch();
  // What is damaged is refused later: it must not be kept.
  if ((await sha256(bytes)) === expected) await store.put(expected, bytes).catch(() => undefined);
  return bytes;
}

/** Throws away all weights that are kept, wherever they are. */
export async function clearWeightsCache(): Promise<void> {
  for (const store of Object.values(stores)) await store.clear().catch(() => undefined);
}
