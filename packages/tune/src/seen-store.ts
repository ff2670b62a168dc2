// Keeps what views saw, so that the network runs once per picture and view, however many recipes are tried.

import type { SeenView } from 'ssdlite';

/** Where what was seen is kept. Keys are of letters, digits, dots and dashes. */
export interface SeenStore {
  /** Undefined if it is not there, or no longer. */
  get(key: string): Promise<SeenView | undefined>;
  set(key: string, seen: SeenView): Promise<void>;
}

/** Memory up to a bound; what was not used for longest goes first, to `behind` if there is one, where everything is. */
export class MemoryStore implements SeenStore {
  readonly #maxBytes: number;
  readonly #behind: SeenStore | undefined;
  /** In order of use, the last used at the end. */
  readonly #kept = new Map<string, SeenView>();
  #bytes = 0;

  /** @param options.maxBytes default 512 MiB */
  constructor({
    maxBytes = 2 ** 29,
    behind,
  }: { readonly maxBytes?: number; readonly behind?: SeenStore } = {}) {
    this.#maxBytes = maxBytes;
    this.#behind = behind;
  }

  async get(key: string): Promise<SeenView | undefined> {
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const seen = await this.#behind?.get(key);
    if (seen) this.#keep(key, seen);
    return seen;
  }

  async set(key: string, seen: SeenView): Promise<void> {
    await this.#behind?.set(key, seen);
    this.#keep(key, seen);
  }

  #keep(key: string, seen: SeenView): void {
    const before = this.#kept.get(key);
    if (before) this.#bytes -= bytesOf(before);
    this.#kept.delete(key);
    this.#kept.set(key, seen);
    this.#bytes += bytesOf(seen);
    for (const [oldest, view] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytesOf(view);
    }
  }
}

/** With what the objects themselves take. */
function bytesOf({ columns, scores, boxes, regions }: SeenView): number {
  return columns.byteLength + scores.byteLength + boxes.byteLength + regions.length * 64 + 512;
}
