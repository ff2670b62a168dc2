// All files of a command line, read.

import type { GroundTruth, Results } from '../../data/loaded.ts';
import { readResults } from '../../data/results.ts';
import { CocoEvalError, placed } from '../../error.ts';
import { readGroundTruthFile, readResultsFile } from '../read-file.ts';
import { pathFrom } from './command-io.ts';
import type { CommandOptions } from './command-options.ts';
import type { StepContext } from './evaluated.ts';

export interface Inputs {
  readonly groundTruth: GroundTruth;
  readonly results: Results;
  /** What the results are compared with. */
  readonly other?: Results;
}

export async function loadAll(
  { groundTruth: truthPath, detections, compare, type, strict, lvis }: CommandOptions,
  { io, progress }: StepContext,
): Promise<Inputs> {
  const options = { type, strict, crowdsOptional: lvis };
  const groundTruth = await readGroundTruthFile(pathFrom(io, truthPath), {
    ...options,
    onProgress: progress.step(`reading ${truthPath}`),
  });
  const resultsOf = async (path: string): Promise<Results> =>
    path === '-'
      ? await readResults(io.stdin, groundTruth, options).catch((error: unknown) => {
          throw error instanceof CocoEvalError ? placed(error, 'standard input') : error;
        })
      : await readResultsFile(pathFrom(io, path), groundTruth, {
          ...options,
          onProgress: progress.step(`reading ${path}`),
        });
  const results = await resultsOf(detections);
  return { groundTruth, results, ...(compare !== undefined && { other: await resultsOf(compare) }) };
}
