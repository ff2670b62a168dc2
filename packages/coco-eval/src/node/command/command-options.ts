// The command line as typed, to what is asked.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CocoEvalError } from '../../error.ts';
import type { ParamOptions } from '../../metric/make-params.ts';
import type { EvaluationType } from '../../metric/params.ts';
import { areaRanges, nameList, numberList, oneNumber, thresholds, wrongOption } from './option-values.ts';

/** What is asked of the command. */
export interface CommandOptions {
  readonly groundTruth: string;
  readonly detections: string;
  readonly type: EvaluationType;
  /** As `evaluate` takes them; categories are names or ids still. */
  readonly params: Omit<ParamOptions, 'type' | 'categoryIds' | 'corrected'>;
  readonly categories?: readonly string[];
  readonly strict: boolean;
  readonly corrected: boolean;
  readonly voc?: 2007 | 2012;
  readonly lvis: boolean;
  readonly why: boolean;
  readonly score?: number;
  readonly matchIou: number;
  readonly compare?: string;
  readonly resamples?: number;
  readonly seed?: number;
  readonly json?: string;
  readonly report?: string;
  /** Folder of the pictures, for the report. */
  readonly images?: string;
  readonly arrays: boolean;
  readonly quiet: boolean;
}

/** All options; help.ts describes them. */
export const optionTypes = {
  type: { type: 'string' },
  categories: { type: 'string' },
  'image-ids': { type: 'string' },
  'class-agnostic': { type: 'boolean' },
  iou: { type: 'string' },
  recalls: { type: 'string' },
  'max-dets': { type: 'string' },
  areas: { type: 'string' },
  sigmas: { type: 'string' },
  strict: { type: 'boolean' },
  corrected: { type: 'boolean' },
  voc: { type: 'string' },
  lvis: { type: 'boolean' },
  why: { type: 'boolean' },
  score: { type: 'string' },
  'match-iou': { type: 'string' },
  compare: { type: 'string' },
  resamples: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'string' },
  report: { type: 'string' },
  images: { type: 'string' },
  arrays: { type: 'boolean' },
  quiet: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const satisfies ParseArgsConfig['options'];

/** `help` or `version` if one of them is asked for, else what is asked of the command. */
export function parseCommandLine(argv: readonly string[]): CommandOptions | 'help' | 'version' {
  const { values, positionals } = parse(argv);
  if (values.help || argv.length === 0) return 'help';
  if (values.version) return 'version';
  const [groundTruth, detections, ...rest] = positionals;
  if (groundTruth === undefined || detections === undefined) {
    throw usage(
      `${groundTruth === undefined ? 'The annotations are' : 'The file of detections is'} not named.`,
    );
  }
  const [surplus] = rest;
  if (surplus !== undefined)
    throw usage(`There is a third file, '${surplus}'.`, 'To compare two results: --compare FILE.');
  if (groundTruth === '-') throw usage('Annotations cannot come from standard input.', 'Name their file.');
  const chosen: CommandOptions = {
    groundTruth,
    detections,
    type: typeOf(values.type ?? 'bbox'),
    params: paramsOf(values),
    strict: values.strict ?? false,
    corrected: values.corrected ?? false,
    lvis: values.lvis ?? false,
    why: values.why ?? false,
    matchIou: values['match-iou'] === undefined ? 0.5 : oneNumber('match-iou', values['match-iou']),
    arrays: values.arrays ?? false,
    quiet: values.quiet ?? false,
    ...(values.categories !== undefined && { categories: nameList('categories', values.categories) }),
    ...(values.voc !== undefined && { voc: yearOf(values.voc) }),
    ...(values.score !== undefined && { score: oneNumber('score', values.score) }),
    ...(values.compare !== undefined && { compare: values.compare }),
    ...(values.resamples !== undefined && { resamples: oneNumber('resamples', values.resamples) }),
    ...(values.seed !== undefined && { seed: oneNumber('seed', values.seed) }),
    ...(values.json !== undefined && { json: values.json }),
    ...(values.report !== undefined && { report: values.report }),
    ...(values.images !== undefined && { images: values.images }),
  };
  checkTogether(chosen);
  return chosen;
}

type Values = ReturnType<typeof parse>['values'];

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: optionTypes, allowPositionals: true });
  } catch (error) {
    // Its messages are for people already; only the first sentence is about the command line.
    const [what = ''] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    throw usage(`${what.replace(/\.$/, '')}.`);
  }
}

function paramsOf(values: Values): CommandOptions['params'] {
  const { iou, recalls, areas, sigmas } = values;
  const { 'image-ids': images, 'max-dets': limits } = values;
  return {
    useCategories: !values['class-agnostic'],
    ...(images !== undefined && { imageIds: numberList('image-ids', images) }),
    ...(iou !== undefined && { iouThresholds: thresholds('iou', iou, 0.05) }),
    ...(recalls !== undefined && { recallThresholds: thresholds('recalls', recalls, 0.01) }),
    ...(limits !== undefined && { maxDetections: numberList('max-dets', limits) }),
    ...(areas !== undefined && { areaRanges: areaRanges('areas', areas) }),
    ...(sigmas !== undefined && { sigmas: numberList('sigmas', sigmas) }),
  };
}

function typeOf(text: string): EvaluationType {
  if (text === 'bbox' || text === 'segm' || text === 'keypoints') return text;
  throw wrongOption('type', text, "It is 'bbox', 'segm' or 'keypoints'.");
}

function yearOf(text: string): 2007 | 2012 {
  if (text === '2007' || text === '2012') return text === '2007' ? 2007 : 2012;
  throw wrongOption('voc', text, 'It is 2007 or 2012.');
}

/** Refuses what would be asked for in vain. */
function checkTogether({
  lvis,
  type,
  params,
  voc,
  compare,
  why,
  corrected,
  resamples,
  seed,
  json,
  report,
  images,
  arrays,
}: CommandOptions): void {
  if (lvis) {
    const other =
      voc !== undefined
        ? 'voc'
        : compare !== undefined
          ? 'compare'
          : why
            ? 'why'
            : corrected
              ? 'corrected'
              : undefined;
    if (other !== undefined) throw usage(`--lvis cannot be with --${other}.`, 'Leave one out.');
    if (type === 'keypoints' || !params.useCategories)
      throw usage('LVIS has neither keypoints nor an evaluation without categories.');
    if ((params.maxDetections?.length ?? 1) !== 1)
      throw usage('LVIS has one number of detections.', 'Write --max-dets 300.');
  }
  if (voc !== undefined && type === 'keypoints') throw usage('VOC knows no keypoints.', 'Leave --voc out.');
  if (compare === undefined && (resamples ?? seed) !== undefined)
    throw usage('--resamples and --seed are for --compare.');
  if (images !== undefined && report === undefined) throw usage('--images is for --report.');
  if (arrays && json === undefined) throw usage('--arrays is for --json.');
}

function usage(what: string, next = 'See coco-eval --help.'): CocoEvalError {
  return new CocoEvalError('INVALID_ARGUMENT', what, { next });
}
