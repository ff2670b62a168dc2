// What an evaluation comes to, as text, and what makes its figures other than they seem.

import { categoryText, type Evaluation, type EvaluationFigures, statsText } from '@ssdlite/coco-eval';
import { plural } from '../detect/detect-summary.ts';
import { duration } from '../output/progress.ts';
import type { RunCounts } from '../picture-run.ts';
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

/** COCO's twelve lines, a line per category, and a sentence about the run. */
export function figuresText(
  { options: { json, figures: figuresPath, report }, detector }: EvalRun,
  {
    evaluation: { params },
    figures: { stats, perCategory },
    done,
    counts,
    before,
  }: {
    readonly evaluation: Evaluation;
    readonly figures: EvaluationFigures;
    readonly done: readonly PictureObjects[];
    readonly counts: RunCounts;
    /** Pictures that an earlier run had done. */
    readonly before: number;
  },
): string {
  const objects = done.reduce((sum, picture) => sum + picture.objects.length, 0);
  const rate = counts.done > 1 ? ` (${(counts.done / counts.seconds).toFixed(1)} pictures/s)` : '';
  const earlier = before > 0 ? `, ${before} of them before` : '';
  const places = [json, figuresPath, report].filter((place) => place !== undefined);
  return [
    statsText(stats, params),
    `\n${categoryText(perCategory, params)}`,
    `\n${plural(objects, 'detection')} in ${plural(done.length, 'picture')}${earlier}, `,
    `${duration(counts.seconds)}${rate} on ${detector.engine.name}.`,
    places.length > 0 ? ` Written: ${places.join(', ')}.\n` : '\n',
  ].join('');
}
