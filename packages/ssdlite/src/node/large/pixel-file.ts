// Pixels in a file, in blocks of 256 x 64: a part is read without what lies beside it.

import type { FileHandle } from 'node:fs/promises';
import type { BoxXywh } from '../../detection.ts';
import { halvePixels } from '../../pixel-pyramid.ts';
import type { Pixels } from '../../pixels.ts';

/** Of a block, in pixels. Blocks lie row by row in the file, all of this size: what the border cuts is filled up. */
export const block = { width: 256, height: 64 } as const;
export const blockBytes = block.width * block.height * 3;

/** RGB pixels, 8 bits each, in a file. */
export interface PixelFile {
  readonly handle: FileHandle;
  /** Where the first block begins, in bytes. */
  readonly start: number;
  readonly width: number;
  readonly height: number;
}

/** Blocks side by side. */
export function blocksAcross(width: number): number {
  return Math.ceil(width / block.width);
}

/** Bytes of a picture in blocks. */
export function bytesInBlocks({ width, height }: Pick<PixelFile, 'width' | 'height'>): number {
  return blocksAcross(width) * Math.ceil(height / block.height) * blockBytes;
}

/** A part of whole pixels inside the picture. */
export async function readPixels(
  { handle, start, width: fileWidth }: PixelFile,
  { x, y, width, height }: BoxXywh,
): Promise<Pixels> {
  const data = new Uint8Array(width * height * 3);
  const first = Math.floor(x / block.width);
  const across = Math.ceil((x + width) / block.width) - first;
  const blocks = new Uint8Array(across * blockBytes);
  for (let row = Math.floor(y / block.height); row * block.height < y + height; row++) {
    const position = start + (row * blocksAcross(fileWidth) + first) * blockBytes;
    const { bytesRead } = await handle.read(blocks, 0, blocks.length, position);
    if (bytesRead < blocks.length) throw new Error('the file of its pixels ends early');
    const top = Math.max(y, row * block.height);
    const bottom = Math.min(y + height, (row + 1) * block.height);
    for (let line = top; line < bottom; line++) {
      for (let column = 0; column < across; column++) {
        const left = (first + column) * block.width;
        const from = Math.max(x - left, 0);
        const to = Math.min(x + width - left, block.width);
        const lineStart = column * blockBytes + (line % block.height) * block.width * 3;
        data.set(
          blocks.subarray(lineStart + from * 3, lineStart + to * 3),
          ((line - y) * width + left + from - x) * 3,
        );
      }
    }
  }
  return { data, width, height, channels: 3 };
}

/** A quarter as wide and high: halved twice. */
export function quarterPixels(pixels: Pixels): Pixels {
  return halvePixels(halvePixels(pixels));
}

/** Receives the rows of a picture from the top, as they come, and writes them in blocks. */
export class PixelFileWriter {
  readonly #file: PixelFile;
  readonly #quarter: PixelFileWriter | undefined;
  /** Rows of a row of blocks, until it is full. */
  readonly #rows: Uint8Array;
  /** The same rows as blocks. One array for all: thousands of them would wait for the garbage collector. */
  readonly #blocks: Uint8Array;
  #filled = 0;

  /** @param quarter receives the same picture, a quarter as wide and high */
  constructor(file: PixelFile, quarter?: PixelFileWriter) {
    this.#file = file;
    this.#quarter = quarter;
    this.#rows = new Uint8Array(block.height * file.width * 3);
    this.#blocks = new Uint8Array(blocksAcross(file.width) * blockBytes);
  }

  /** @param data whole rows */
  async append(data: Pixels['data']): Promise<void> {
    for (let from = 0; from < data.length; ) {
      const length = Math.min(data.length - from, this.#rows.length - this.#filled);
      this.#rows.set(data.subarray(from, from + length), this.#filled);
      this.#filled += length;
      from += length;
      if (this.#filled === this.#rows.length) await this.#flush();
    }
  }

  /** After the last row. */
  async end(): Promise<void> {
    if (this.#filled > 0) await this.#flush();
    await this.#quarter?.end();
  }

  async #flush(): Promise<void> {
    const { handle, width } = this.#file;
    const rows = this.#rows.subarray(0, this.#filled);
    toBlocks(rows, { width, blocks: this.#blocks });
    await handle.appendFile(this.#blocks);
    this.#filled = 0;
    if (!this.#quarter) return;
    const height = rows.length / (width * 3);
    await this.#quarter.append(quarterPixels({ data: rows, width, height, channels: 3 }).data);
  }
}

/** Up to a block's height of rows, as a row of blocks. */
function toBlocks(
  rows: Uint8Array,
  { width, blocks }: { readonly width: number; readonly blocks: Uint8Array },
): void {
  const lineBytes = block.width * 3;
  for (let line = 0; line * width * 3 < rows.length; line++) {
    for (let left = 0, column = 0; left < width; left += block.width, column++) {
      const from = (line * width + left) * 3;
      const to = (line * width + Math.min(left + block.width, width)) * 3;
      blocks.set(rows.subarray(from, to), column * blockBytes + line * lineBytes);
    }
  }
}
