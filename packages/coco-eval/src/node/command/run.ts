// The whole command as a function: arguments in, exit code out.

import { readFileSync } from 'node:fs';
import { analyze } from '../../analysis/analyze.ts';
import { compareResults } from '../../analysis/compare-results.ts';
import { vocAp } from '../../analysis/voc-ap.ts';
import { figuresOf } from '../../figures.ts';
import { prepareEvaluation } from '../../prepare-evaluation.ts';
import { checkWritable } from '../whole-file.ts';
import { chosenCategories } from './chosen-categories.ts';
import { type CommandIo, pathFrom, print } from './command-io.ts';
import { type CommandOptions, parseCommandLine } from './command-options.ts';
import { errorReport, exitCodeOf, exitCodes } from './error-report.ts';
import type { Evaluated, StepContext } from './evaluated.ts';
import { helpText } from './help.ts';
import { type Inputs, loadAll } from './load-all.ts';
import { printFigures, writeFigures } from './outputs.ts';
import { printWarnings } from './print-warnings.ts';
import { Progress } from './progress.ts';
import { runLvis } from './run-lvis.ts';
import { checkReport, writeReport } from './write-report.ts';

/**
 * Runs a command line.
 *
 * @param argv arguments without Node and script, e.g. `['instances.json', 'detections.json']`
 * @returns exit code: 0 done, 1 the files cannot be evaluated, 2 wrong usage
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const progress = new Progress(io.stderr, { quiet: argv.includes('--quiet') });
  try {
    const options = parseCommandLine(argv);
    if (options === 'help') await print(io.stdout, helpText);
    else if (options === 'version') await print(io.stdout, `${version()}\n`);
    else await evaluateAsAsked(options, { io, progress });
    return exitCodes.ok;
  } catch (error) {
    progress.clear();
    await print(io.stderr, errorReport(error, { verbose: argv.includes('--verbose') }));
    return exitCodeOf(error);
  }
}

async function evaluateAsAsked(options: CommandOptions, context: StepContext): Promise<void> {
  const { io, progress } = context;
  // Before minutes are spent on what could not be written.
  if (options.json !== undefined && options.json !== '-') await checkWritable(pathFrom(io, options.json));
  await checkReport(options, context);
  const inputs = await loadAll(options, context);
  if (options.lvis) return await runLvis(inputs, { options, context });
  progress.step('evaluating');
  const evaluated = evaluateAll(inputs, { options, progress });
  progress.clear();
  await printWarnings(evaluated.evaluation.warnings, { options, io });
  if (inputs.other) await printWarnings(inputs.other.warnings, { options, io, about: options.compare });
  await writeFigures(evaluated, { options, io });
  await writeReport(evaluated, { options, context });
  await printFigures(evaluated, { options, io });
}

function evaluateAll(
  { groundTruth, results, other }: Inputs,
  { options, progress }: { readonly options: CommandOptions; readonly progress: Progress },
): Evaluated {
  const { type, categories, strict, score, matchIou, corrected, voc } = options;
  const common = {
    ...options.params,
    type,
    strict,
    ...(categories && { categoryIds: chosenCategories(categories, groundTruth.categories) }),
  };
  const evaluation = prepareEvaluation(groundTruth, results, { ...common, keepMatches: false });
  const isAnalyzed = options.why || options.json !== undefined || options.report !== undefined;
  if (isAnalyzed) progress.step('analysing');
  const analysis = isAnalyzed
    ? analyze(evaluation, { iouThreshold: matchIou, ...(score !== undefined && { scoreThreshold: score }) })
    : undefined;
  return {
    evaluation,
    figures: figuresOf(evaluation),
    ...(analysis && { analysis }),
    ...(corrected && {
      corrected: figuresOf(
        prepareEvaluation(groundTruth, results, {
          ...common,
          strict: false,
          corrected: true,
          keepMatches: false,
        }),
      ),
    }),
    ...(voc && {
      voc: { year: voc, iouThreshold: matchIou, ...vocAp(evaluation, { year: voc, iouThreshold: matchIou }) },
    }),
    ...(other && {
      comparison: compareResults({
        a: evaluation,
        b: prepareEvaluation(groundTruth, other, { ...common, keepMatches: false }),
        ...(options.resamples !== undefined && { resamples: options.resamples }),
        ...(options.seed !== undefined && { seed: options.seed }),
        onProgress: progress.step('comparing'),
      }),
    }),
  };
}

function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
