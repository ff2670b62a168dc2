// The options of one call: checked, and turned into what the stages need.

import {
  checkOptionNames,
  count,
  flag,
  fraction,
  invalidOption,
  list,
  oneOf,
  positive,
} from '../check-option.ts';
import { findLabel } from '../labels.ts';
import type { Manifest } from '../weights/manifest.ts';
import { type BoxFormat, type DetectOptions, nmsKinds, type ResolvedOptions } from './detect-options.ts';
import { resolveFusing, resolveTileSize } from './look-options.ts';

const boxFormats: readonly BoxFormat[] = ['xywh', 'xyxy', 'normalised'];
const optionNames: readonly (keyof DetectOptions)[] = [
  'scoreThreshold',
  'classThresholds',
  'classes',
  'excludeClasses',
  'iouThreshold',
  'nms',
  'softNmsSigma',
  'maxDetections',
  'region',
  'letterbox',
  'quality',
  'tileSize',
  'adaptive',
  'budgetMs',
  'onPartial',
  'onProgress',
  'onViews',
  'boxFormat',
  'signal',
  'onTimings',
];

/**
 * Checks options.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for an unknown option or a value out of range, `UNKNOWN_CLASS` for a class that the
 *   weights do not have
 */
export function resolveDetectOptions<Format extends BoxFormat>(
  options: DetectOptions<Format>,
  manifest: Pick<Manifest, 'labels' | 'architecture' | 'levels' | 'thresholds'>,
): ResolvedOptions<Format> {
  checkOptionNames(options, optionNames);
  const nms = oneOf('nms', options.nms ?? 'per-class', nmsKinds);
  return {
    thresholds: thresholdsByColumn(options, manifest),
    iouThreshold: fraction('iouThreshold', options.iouThreshold ?? (nms === 'soft-linear' ? 0.3 : 0.6)),
    nms,
    softNmsSigma: positive('softNmsSigma', options.softNmsSigma ?? 0.5),
    maxDetections: count(
      'maxDetections',
      options.maxDetections ?? (options.tileSize === undefined ? 100 : 10_000),
    ),
    region: options.region,
    letterbox: flag('letterbox', options.letterbox ?? false),
    quality: resolveFusing(options, manifest),
    tileSize: resolveTileSize(options.tileSize),
    adaptive: flag('adaptive', options.adaptive ?? false),
    budgetMs:
      options.budgetMs === undefined || options.budgetMs === Number.POSITIVE_INFINITY
        ? undefined
        : positive('budgetMs', options.budgetMs),
    onPartial: options.onPartial,
    onProgress: options.onProgress,
    onViews: options.onViews,
    boxFormat: oneOf('boxFormat', options.boxFormat ?? ('xywh' as Format), boxFormats as readonly Format[]),
    signal: options.signal,
    onTimings: options.onTimings,
  };
}

const defaultThreshold = 0.5;

/** The threshold of a class, if the caller has not named another for it. */
function usualThresholds(
  scoreThreshold: number | 'calibrated',
  { thresholds }: Pick<Manifest, 'thresholds'>,
): (id: number) => number {
  if (scoreThreshold !== 'calibrated') {
    const all = fraction('scoreThreshold', scoreThreshold);
    return () => all;
  }
  if (!thresholds) {
    const next = 'Pass a number from 0 to 1: the manifest of these weights has no thresholds of classes.';
    throw invalidOption('scoreThreshold', { value: scoreThreshold, shown: "'calibrated'", next });
  }
  const calibrated = new Map(thresholds.classes.map((one) => [one.id, one.scoreThreshold]));
  return (id) => calibrated.get(id) ?? defaultThreshold;
}

function thresholdsByColumn(
  options: Pick<DetectOptions, 'scoreThreshold' | 'classThresholds' | 'classes' | 'excludeClasses'>,
  manifest: Pick<Manifest, 'labels' | 'architecture' | 'thresholds'>,
): Float64Array {
  const { classThresholds = {}, classes, excludeClasses = [] } = options;
  const { labels, architecture } = manifest;
  const usual = usualThresholds(options.scoreThreshold ?? defaultThreshold, manifest);
  const unwanted = Number.POSITIVE_INFINITY;
  const thresholds = new Float64Array(architecture.logitColumns).fill(unwanted);
  const wanted =
    classes === undefined ? labels : list('classes', classes).map((name) => findLabel(labels, name));
  for (const { id } of wanted) thresholds[id] = usual(id);
  for (const [reference, value] of Object.entries(classThresholds)) {
    const label = findLabel(labels, /^\d+$/.test(reference) ? Number(reference) : reference);
    const threshold = fraction(`classThresholds[${JSON.stringify(reference)}]`, value);
    if (thresholds[label.id] !== unwanted) thresholds[label.id] = threshold;
  }
  for (const reference of list('excludeClasses', excludeClasses))
    thresholds[findLabel(labels, reference).id] = unwanted;
  return thresholds;
}
