// From two files to the figures.

import { evaluate } from '../evaluate.ts';
import type { EvaluateOptions, EvaluationResult } from '../evaluate-loaded.ts';
import { readGroundTruthFile, readResultsFile } from './read-file.ts';

/**
 * COCO's metrics of a results file, as `evaluate`; the files may be of any size.
 *
 * @throws CocoEvalError `FILE_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_JSON`, `INVALID_ANNOTATIONS`, `INVALID_RESULTS`
 * @example
 * const { stats } = await evaluateFiles({ groundTruth: 'instances_val2017.json', detections: 'detections.json' });
 */
export async function evaluateFiles(
  files: { readonly groundTruth: string | URL; readonly detections: string | URL },
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const { type = 'bbox', strict = false, crowdsOptional = false } = options;
  const groundTruth = await readGroundTruthFile(files.groundTruth, { type, strict, crowdsOptional });
  const results = await readResultsFile(files.detections, groundTruth, { type, strict });
  return evaluate(groundTruth, results, options);
}
