// What was found on the pictures of an evaluation: as columns for the metric, as COCO's results for the file.

import type { ResultColumns } from '@ssdlite/coco-eval';
import type { JsonList } from '../output/json-list.ts';

/** An object of a picture as it is written: category id, score, left, top, width, height in pixels. */
export type FoundObject = readonly [
  category: number,
  score: number,
  x: number,
  y: number,
  width: number,
  height: number,
];

/** What was found on one picture. */
export interface PictureObjects {
  readonly imageId: number;
  /** Pixels of the picture as it was read. */
  readonly width: number;
  readonly height: number;
  readonly objects: readonly FoundObject[];
}

/** All objects of many pictures, in their order. */
export function objectColumns(pictures: readonly PictureObjects[]): ResultColumns {
  const count = pictures.reduce((sum, { objects }) => sum + objects.length, 0);
  const columns = {
    imageIds: new Float64Array(count),
    categoryIds: new Float64Array(count),
    scores: new Float64Array(count),
    boxes: new Float64Array(count * 4),
  };
  let place = 0;
  for (const { imageId, objects } of pictures) {
    for (const [category, score, ...box] of objects) {
      columns.imageIds[place] = imageId;
      columns.categoryIds[place] = category;
      columns.scores[place] = score;
      columns.boxes.set(box, place * 4);
      place++;
    }
  }
  return columns;
}

/** Writes them as COCO's results, and ends the list. */
export async function writeCocoResults(list: JsonList, pictures: readonly PictureObjects[]): Promise<void> {
  try {
    for (const { imageId, objects } of pictures) {
      await list.addAll(
        objects.map(([category, score, ...bbox]) => ({
          image_id: imageId,
          category_id: category,
          bbox,
          score,
        })),
      );
    }
  } catch (error) {
    await list.discard();
    throw error;
  }
  await list.commit();
}
