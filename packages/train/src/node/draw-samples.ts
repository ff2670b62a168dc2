// What a network finds on a few pictures, drawn on them, side by side.

import { createCanvas } from '@napi-rs/canvas';
import type { Label } from 'ssdlite';
import { drawDetections } from 'ssdlite/draw';
import type { DetectedDataset } from '../evaluation/detect-dataset.ts';
import type { Dataset, SamplePixels } from '../sample.ts';
import type { EncodedPicture } from './event-file.ts';

/** Pixels: all pictures are drawn at this height. */
const rowHeight = 320;

/** Boxes of a lower score are not drawn. */
const leastScore = 0.3;

/** The first few pictures of a data set, as they are. */
export function firstPictures(dataset: Dataset, count: number): Dataset {
  return { ...dataset, length: Math.min(count, dataset.length), sample: dataset.sample.bind(dataset) };
}

/**
 * Draws pictures and what was found on them.
 *
 * @param dataset the pictures on which `detected` was found
 * @returns a JPEG
 */
export async function drawSamples(
  dataset: Dataset,
  { detections }: DetectedDataset,
  labels: readonly Label[],
): Promise<EncodedPicture> {
  const pictures: { readonly pixels: SamplePixels; readonly index: number; readonly width: number }[] = [];
  for (let index = 0; index < dataset.length; index++) {
    const { pixels } = await dataset.sample(index, { epoch: 0 });
    pictures.push({ pixels, index, width: Math.round((pixels.width * rowHeight) / pixels.height) });
  }
  const canvas = createCanvas(
    Math.max(
      1,
      pictures.reduce((sum, { width }) => sum + width, 0),
    ),
    rowHeight,
  );
  const context = canvas.getContext('2d');
  let left = 0;
  for (const { pixels, index, width } of pictures) {
    const picture = createCanvas(pixels.width, pixels.height);
    const own = picture.getContext('2d');
    const image = own.createImageData(pixels.width, pixels.height);
    for (let pixel = 0; pixel < pixels.width * pixels.height; pixel++) {
      for (let channel = 0; channel < 3; channel++)
        image.data[pixel * 4 + channel] = pixels.data[pixel * 3 + channel] ?? 0;
      image.data[pixel * 4 + 3] = 255;
    }
    own.putImageData(image, 0, 0);
    const found = detections
      .filter(({ image_id, score }) => image_id === index && score >= leastScore)
      .map(({ category_id, score, bbox: [x = 0, y = 0, boxWidth = 0, boxHeight = 0] = [] }) => ({
        label: labels.find(({ id }) => id === category_id)?.name ?? `${category_id}`,
        classId: category_id,
        score,
        box: { x, y, width: boxWidth, height: boxHeight },
      }));
    drawDetections(own, found);
    context.drawImage(picture, left, 0, width, rowHeight);
    left += width;
  }
  return { encoded: await canvas.encode('jpeg', 85), width: canvas.width, height: rowHeight };
}
