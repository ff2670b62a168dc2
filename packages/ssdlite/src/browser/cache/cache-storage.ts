// Bytes in the browser's Cache Storage, where service workers keep what they fetched.

import type { ByteStore } from './byte-store.ts';

const name = 'ssdlite-weights';

/** Not an address that anything is fetched from. */
const addressOf = (key: string): string => `${location.origin}/.ssdlite/${key}`;

/** Needs a page that came by https or from localhost. */
export const cacheStorage: ByteStore = {
  async get(key) {
    const kept = await (await caches.open(name)).match(addressOf(key));
    return kept && new Uint8Array(await kept.arrayBuffer());
  },
  async put(key, bytes) {
    await (await caches.open(name)).put(addressOf(key), new Response(bytes));
  },
  async clear() {
    await caches.delete(name);
  },
};
