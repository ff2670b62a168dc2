// Somewhere in the browser where bytes lie between visits.

/** Every method rejects when the browser's storage refuses: it is full, switched off, or not there. */
export interface ByteStore {
  /** Undefined if there is nothing under that key. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Throws everything away. */
  clear(): Promise<void>;
}
