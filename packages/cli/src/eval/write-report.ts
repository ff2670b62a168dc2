// The page of an evaluation of a detector, with pictures.

import { basename } from 'node:path';
import {
  addPictures,
  type Evaluation,
  evaluationReport,
  type ReportFact,
  renderReport,
} from '@ssdlite/coco-eval/node';
import { pathFrom } from '../command-io.ts';
import { writeWholeFile } from '../output/whole-file.ts';
import type { EvalRun } from './eval-run.ts';
import { pagePicture } from './page-picture.ts';

/** Writes the report, whole or not at all. */
export async function writeReport(
  { session: { io }, options, detector }: EvalRun,
  { evaluation, path }: { readonly evaluation: Evaluation; readonly path: string },
): Promise<void> {
  const { images, annotations, weights, quality } = options;
  const facts: ReportFact[] = [
    ['Weights', weights ?? detector.manifest.name],
    ['Engine', detector.engine.name],
    ...(quality === undefined ? [] : [['Quality', quality] as const]),
    ['Annotations', basename(annotations)],
  ];
  const bare = evaluationReport(evaluation, { title: `Evaluation of ${detector.manifest.name}`, facts });
  const { report } = await addPictures(bare, { folder: pathFrom(io, images), read: pagePicture });
  await writeWholeFile(pathFrom(io, path), await renderReport(report));
}
