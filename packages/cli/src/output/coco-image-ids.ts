// Which image_id a picture has in COCO results.

import { extname } from 'node:path';

/**
 * An id per picture: the number that its file name is, as in COCO (`000000000139.jpg` is 139), else its place in the list, counted
 * from 1. Where that number is taken, it is the next free one above all others.
 */
export function cocoImageIds(fileNames: readonly string[]): {
  readonly ids: number[];
  readonly numbered: number;
} {
  const taken = new Set<number>();
  const fromNames = fileNames.map((fileName) => {
    const id = numberOf(fileName);
    if (id === undefined || taken.has(id)) return undefined;
    taken.add(id);
    return id;
  });
  const numbered = taken.size;
  let above = fileNames.length;
  for (const id of taken) above = Math.max(above, id);
  const ids = fromNames.map((id, index) => {
    if (id !== undefined) return id;
    const place = taken.has(index + 1) ? ++above : index + 1;
    taken.add(place);
    return place;
  });
  return { ids, numbered };
}

function numberOf(fileName: string): number | undefined {
  const stem = fileName.slice(0, fileName.length - extname(fileName).length);
  const id = /^\d+$/.test(stem) ? Number(stem) : undefined;
  return Number.isSafeInteger(id) ? id : undefined;
}
