// Which image_id is which picture, in words.

import { cocoImageIds } from '../output/coco-image-ids.ts';

/** Places that are told one by one. */
const mostTold = 4;

/** How pictures got their image_id; undefined where all have it from their names, as in COCO. */
export function cocoNote(
  pictures: readonly { readonly name: string; readonly fileName: string }[],
): string | undefined {
  const { ids, numbered } = cocoImageIds(pictures.map(({ fileName }) => fileName));
  const counted = pictures
    .map(({ name, fileName }, index) => ({ name, fileName, id: ids[index] ?? 0 }))
    .filter(({ fileName, id }) => Number(fileName.replace(/\.[^.]*$/, '')) !== id);
  if (counted.length === 0) return undefined;
  const told =
    counted.length > mostTold ? [...counted.slice(0, mostTold - 1), ...counted.slice(-1)] : counted;
  const pairs = told.map(({ name, id }) => `${id} is ${name}`);
  if (counted.length > mostTold) pairs.splice(-1, 0, '...');
  const others = numbered > 0 ? ` for ${counted.length} of them; the others have it from their names` : '';
  return `image_id is the place of the picture in the list${others}: ${pairs.join(', ')}\n`;
}
