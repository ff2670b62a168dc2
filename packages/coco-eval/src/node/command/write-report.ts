// `--report`: the page of an evaluation, with pictures if their folder is named.

import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { CocoEvalError } from '../../error.ts';
import { evaluationReport } from '../../report/evaluation-report.ts';
import { printable } from '../../text/text-table.ts';
import { addPictures, renderReport } from '../render-report.ts';
import { checkWritable, writeWholeFile } from '../whole-file.ts';
import { pathFrom, print } from './command-io.ts';
import type { CommandOptions } from './command-options.ts';
import type { Evaluated, StepContext } from './evaluated.ts';

/** Finds out whether a report can be made, before the work that it is of. */
export async function checkReport(
  { report, images, groundTruth, detections, compare, json }: CommandOptions,
  { io }: StepContext,
): Promise<void> {
  if (report === undefined) return;
  for (const read of [groundTruth, detections, compare, json]) {
    if (read !== undefined && resolve(io.cwd, read) === resolve(io.cwd, report)) {
      throw new CocoEvalError('INVALID_ARGUMENT', `--report would replace '${read}'.`, {
        value: report,
        next: 'Name another file.',
      });
    }
  }
  await checkWritable(pathFrom(io, report));
  if (images === undefined) return;
  const isFolder = await stat(pathFrom(io, images)).then(
    (there) => there.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new CocoEvalError('FILE_NOT_FOUND', `--images: there is no folder '${images}'.`, {
    value: images,
    next: 'Name the folder of the pictures, or leave --images out.',
  });
}

/** Writes the report if one is asked for. */
export async function writeReport(
  {
    evaluation,
    figures,
    analysis,
  }: Pick<Evaluated, 'evaluation' | 'analysis'> & Partial<Pick<Evaluated, 'figures'>>,
  { options, context: { io, progress } }: { readonly options: CommandOptions; readonly context: StepContext },
): Promise<void> {
  const { report: path, images, groundTruth, detections, quiet } = options;
  if (path === undefined || !analysis) return;
  progress.step('writing the report');
  const name = basename(detections);
  const bare = evaluationReport(evaluation, {
    title: `Evaluation of ${detections === '-' ? 'standard input' : name}`,
    facts: [
      ['Annotations', basename(groundTruth)],
      ['Detections', name],
    ],
    ...(figures && { figures }),
    analysis,
  });
  const { report, missing, leftOut } =
    images === undefined
      ? { report: bare, missing: [], leftOut: [] }
      : await addPictures(bare, { folder: pathFrom(io, images) });
  const html = await renderReport(report);
  progress.clear();
  if (!quiet) {
    await print(io.stderr, namesText(`not in ${images}, or no picture`, missing));
    await print(io.stderr, namesText('left out of the report, which would be too large', leftOut));
  }
  await io.whileWriting((signal) => writeWholeFile(pathFrom(io, path), html, { signal }));
}

/** A warning with the first of some names; empty without any. */
function namesText(what: string, [first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `warning: ${what}: ${printable(first)}${more}\n`;
}
