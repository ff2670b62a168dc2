// What makes the figures of an evaluation other than they seem.

import type { Evaluation } from '@ssdlite/coco-eval';
import { plural } from '../detect/detect-summary.ts';
import type { EvalRun } from './eval-run.ts';
import type { PictureObjects } from './found-objects.ts';

/** A line for each of them; empty where there is nothing. */
export function warningsText(
  { groundTruth, pictures, categories: { unknown } }: EvalRun,
  { evaluation, done }: { readonly evaluation: Evaluation; readonly done: readonly PictureObjects[] },
): string {
  const imageOf = new Map(groundTruth.images.map((image) => [image.id, image]));
  const resized = done.filter(({ imageId, width, height }) => {
    const { width: saidWidth = width, height: saidHeight = height } = imageOf.get(imageId) ?? {};
    return width !== saidWidth || height !== saidHeight;
  });
  const name = (imageId: number): string => imageOf.get(imageId)?.file_name ?? String(imageId);
  const [first] = resized;
  return [
    ...evaluation.warnings.map(({ code, message }) => `warning ${code}: ${message}\n`),
    first
      ? `warning: ${plural(resized.length, 'picture')} of another size than the annotations say (${name(first.imageId)} has ${first.width} x ${first.height} pixels): are they of other pictures?\n`
      : '',
    unknown.length > 0
      ? `warning: the detector does not know ${unknown.length > 5 ? `${unknown.length} categories, as ${unknown[0]}` : unknown.join(', ')}; their AP is 0.\n`
      : '',
    done.length < pictures.length
      ? `warning: the figures are of the ${plural(done.length, 'picture')} that could be read.\n`
      : '',
  ].join('');
}
