// What the command prints and writes. A further output file gets its option in command-options.ts and help.ts, and a line in `writeFigures`.

import { sizeFigures } from '../../analysis/size-figures.ts';
import type { EvaluationFigures } from '../../figures.ts';
import type { EvaluationParams } from '../../metric/params.ts';
import { categoryText } from '../../text/category-text.ts';
import { comparisonText } from '../../text/comparison-text.ts';
import { figuresJson } from '../../text/figures-json.ts';
import { sizeText } from '../../text/size-text.ts';
import { statsText } from '../../text/stats-text.ts';
import { vocText } from '../../text/voc-text.ts';
import { whyText } from '../../text/why-text.ts';
import { writeWholeFile } from '../whole-file.ts';
import { type CommandIo, pathFrom, print } from './command-io.ts';
import type { CommandOptions } from './command-options.ts';
import type { Evaluated } from './evaluated.ts';

interface OutputContext {
  readonly options: CommandOptions;
  readonly io: CommandIo;
}

/** Writes the files that are asked for, each whole or not at all. */
export async function writeFigures(
  { evaluation, figures, analysis, corrected, voc, comparison }: Evaluated,
  { options, io }: OutputContext,
): Promise<void> {
  const { json, arrays } = options;
  if (json !== undefined && analysis) {
    await writeJson(figuresJson({ evaluation, figures, analysis, corrected, voc, comparison, arrays }), {
      json,
      io,
    });
  }
}

/** @param to a file, or `-` for standard output */
export async function writeJson(
  value: object,
  { json, io }: { readonly json: string; readonly io: CommandIo },
): Promise<void> {
  const text = `${JSON.stringify(value)}\n`;
  if (json === '-') await print(io.stdout, text);
  else await io.whileWriting((signal) => writeWholeFile(pathFrom(io, json), text, { signal }));
}

/** Whether standard output is for text. */
export function printsText({ json, quiet }: CommandOptions): boolean {
  return json !== '-' && !quiet;
}

/** Prints the figures: the twelve lines, AP by category, and what else is asked for. */
export async function printFigures(
  { evaluation, figures, analysis, corrected, voc, comparison }: Evaluated,
  { options, io }: OutputContext,
): Promise<void> {
  if (!printsText(options)) return;
  const { params, categories } = evaluation;
  const parts = [
    statsText(figures.stats, params),
    figures.perCategory.length > 0 && categoryText(figures.perCategory, params),
    options.params.areaRanges && sizeText(sizeFigures(evaluation)),
    corrected && correctedText({ figures, corrected, params }),
    voc && vocText(voc, { ...voc, categories }),
    options.why && analysis && whyText(analysis, categories),
    comparison &&
      `A: ${options.detections}\nB: ${options.compare}\n${comparisonText(comparison, categories)}`,
  ];
  await print(io.stdout, parts.filter((part) => typeof part === 'string').join('\n'));
}

function correctedText({
  figures,
  corrected,
  params,
}: {
  readonly figures: EvaluationFigures;
  readonly corrected: EvaluationFigures;
  readonly params: EvaluationParams;
}): string {
  const isSame = JSON.stringify(figures.stats) === JSON.stringify(corrected.stats);
  if (isSame) return "Without pycocotools' oddities all is the same.\n";
  return `Without pycocotools' oddities:\n${statsText(corrected.stats, { ...params, corrected: true })}`;
}
