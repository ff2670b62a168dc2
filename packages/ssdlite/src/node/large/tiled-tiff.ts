// Where the pixels of a TIFF lie that libvips wrote without compression (BigTIFF: https://www.awaresystems.be/imaging/tiff/bigtiff.html).

import type { FileHandle } from 'node:fs/promises';
import type { TiffOptions } from 'sharp';
import { block, blockBytes, blocksAcross, type PixelFile } from './pixel-file.ts';

/** What has sharp write blocks: one after the other, as they become full. */
export const blocksAsTiff = {
  compression: 'none',
  predictor: 'none',
  tile: true,
  tileWidth: block.width,
  tileHeight: block.height,
  bigtiff: true,
} as const satisfies TiffOptions;

/** TIFF 6.0, section 15. */
const tileOffsets = 324;

/**
 * The pixels of such a file.
 *
 * @throws Error if it is of another kind
 */
export async function pixelsOfTiff(
  handle: FileHandle,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<PixelFile> {
  const read = async (position: number, length: number): Promise<DataView> => {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, position);
    return new DataView(buffer.buffer, 0, bytesRead);
  };
  const header = await read(0, 16);
  const little = header.getUint16(0) === 0x4949;
  const directory = Number(header.getBigUint64(8, little));
  const count = Number((await read(directory, 8)).getBigUint64(0, little));
  const entries = await read(directory + 8, count * 20);
  for (let at = 0; at < count * 20; at += 20) {
    if (entries.getUint16(at, little) !== tileOffsets) continue;
    const tiles = Number(entries.getBigUint64(at + 4, little));
    // A single offset stands in the entry itself.
    const value = Number(entries.getBigUint64(at + 12, little));
    const start = tiles === 1 ? value : Number((await read(value, 8)).getBigUint64(0, little));
    const last =
      tiles === 1 ? value : Number((await read(value + (tiles - 1) * 8, 8)).getBigUint64(0, little));
    const expected = blocksAcross(width) * Math.ceil(height / block.height);
    if (tiles === expected && last - start === (tiles - 1) * blockBytes)
      return { handle, start, width, height };
  }
  throw new Error('its pixels were not written as blocks');
}
