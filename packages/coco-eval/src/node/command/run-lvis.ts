// The command by LVIS's rules.

import { analyze } from '../../analysis/analyze.ts';
import { evaluateLvis } from '../../analysis/evaluate-lvis.ts';
import { prepareInput } from '../../prepare-evaluation.ts';
import { paramsJson } from '../../text/figures-json.ts';
import { lvisCategoryText, lvisText } from '../../text/lvis-text.ts';
import { chosenCategories } from './chosen-categories.ts';
import { print } from './command-io.ts';
import type { CommandOptions } from './command-options.ts';
import type { StepContext } from './evaluated.ts';
import type { Inputs } from './load-all.ts';
import { printsText, writeJson } from './outputs.ts';
import { printWarnings } from './print-warnings.ts';
import { writeReport } from './write-report.ts';

export async function runLvis(
  { groundTruth, results }: Inputs,
  { options, context }: { readonly options: CommandOptions; readonly context: StepContext },
): Promise<void> {
  const { io, progress } = context;
  const { type, strict, categories, json, report, score, matchIou } = options;
  const { maxDetections: limits, ...params } = options.params;
  progress.step('evaluating');
  const input = prepareInput(groundTruth, results, {
    ...params,
    type,
    strict,
    crowdsOptional: true,
    ...(categories && { categoryIds: chosenCategories(categories, groundTruth.categories) }),
  });
  const [maxDetections] = limits ?? [];
  const lvis = evaluateLvis(input, maxDetections === undefined ? {} : { maxDetections });
  progress.clear();
  await printWarnings(input.warnings, { options, io });
  if (json !== undefined) {
    const names = new Map(groundTruth.categories.map(({ id, name }) => [id, name]));
    const figures = {
      format: 'coco-eval-lvis',
      formatVersion: 1,
      params: paramsJson(lvis.params),
      stats: lvis.stats,
      perCategory: lvis.perCategory.map(({ categoryId, ...category }) => ({
        id: categoryId,
        name: names.get(categoryId),
        ...category,
      })),
      ...(options.arrays && {
        arrays: {
          counts: lvis.result.counts,
          precision: Array.from(lvis.result.precision),
          recall: Array.from(lvis.result.recall),
          scores: Array.from(lvis.result.scores),
        },
      }),
      warnings: input.warnings,
    };
    await writeJson(figures, { json, io });
  }
  if (report !== undefined) {
    progress.step('analysing');
    const analysis = analyze(lvis.evaluation, {
      iouThreshold: matchIou,
      ...(score !== undefined && { scoreThreshold: score }),
    });
    await writeReport({ evaluation: lvis.evaluation, analysis }, { options, context });
  }
  if (printsText(options))
    await print(io.stdout, `${lvisText(lvis)}\n${lvisCategoryText(lvis, groundTruth.categories)}`);
}
