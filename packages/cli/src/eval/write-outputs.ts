// What an evaluation writes beside its detections: all figures as JSON, and a page of them with pictures.

import { basename } from 'node:path';
import {
  type Analysis,
  addPictures,
  analyze,
  type Evaluation,
  type EvaluationFigures,
  evaluationReport,
  figuresJson,
  type ReportFact,
  renderReport,
} from '@ssdlite/coco-eval/node';
import { pathFrom } from '../command-io.ts';
import { writeWholeFile } from '../output/whole-file.ts';
import type { EvalRun } from './eval-run.ts';
import { pagePicture } from './page-picture.ts';

interface Figures {
  readonly evaluation: Evaluation;
  readonly figures: EvaluationFigures;
}

/** Writes what is asked for, each file whole or not at all. */
export async function writeOutputs(run: EvalRun, made: Figures): Promise<void> {
  const { session, options } = run;
  const { figures: figuresPath, report } = options;
  if (figuresPath === undefined && report === undefined) return;
  const analysis = analyze(made.evaluation);
  if (figuresPath !== undefined) {
    const text = `${JSON.stringify(figuresJson({ ...made, analysis }))}\n`;
    await writeWholeFile(pathFrom(session.io, figuresPath), text);
  }
  if (report !== undefined) {
    await writeWholeFile(pathFrom(session.io, report), await reportPage(run, { ...made, analysis }));
  }
}

async function reportPage(
  { session: { io }, options, detector }: EvalRun,
  { evaluation, ...made }: Figures & { readonly analysis: Analysis },
): Promise<string> {
  const { images, annotations, weights, quality } = options;
  const facts: ReportFact[] = [
    ['Weights', weights ?? detector.manifest.name],
    ['Engine', detector.engine.name],
    ...(quality === undefined ? [] : [['Quality', quality] as const]),
    ['Annotations', basename(annotations)],
  ];
  const title = `Evaluation of ${detector.manifest.name}`;
  const bare = evaluationReport(evaluation, { ...made, title, facts });
  const { report } = await addPictures(bare, { folder: pathFrom(io, images), read: pagePicture });
  return renderReport(report);
}
