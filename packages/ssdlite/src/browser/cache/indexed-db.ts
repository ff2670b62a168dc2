// Bytes in an IndexedDB of their own.

import type { ByteStore } from './byte-store.ts';

const database = 'ssdlite';
const table = 'weights';

export const indexedDb: ByteStore = {
  async get(key) {
    const kept: unknown = await inTable('readonly', (store) => store.get(key));
    return kept instanceof ArrayBuffer ? new Uint8Array(kept) : undefined;
  },
  async put(key, bytes) {
    // As a buffer of its own: of a part of a larger one, all would be written.
    await inTable('readwrite', (store) => store.put(bytes.slice().buffer, key));
  },
  async clear() {
    await inTable('readwrite', (store) => store.clear());
  },
};

/** Asks the table one thing; done when it is written. */
async function inTable<Result>(
  mode: 'readonly' | 'readwrite',
  ask: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(table);
  const opened = await answerOf(opening);
  try {
    const transaction = opened.transaction(table, mode);
    const written = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      // Only here it may turn out that storage is full.
      transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'));
    });
    const [result] = await Promise.all([answerOf(ask(transaction.objectStore(table))), written]);
    return result;
  } finally {
    opened.close();
  }
}

function answerOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
