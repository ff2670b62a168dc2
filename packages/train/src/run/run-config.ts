// What a run is: everything that it depends on, as JSON, so that it can be repeated and taken up again.

import { SsdliteError } from '@ssdlite/layers';
import type { AugmentConfig } from '../augment/augment.ts';
import type { TrainerConfig } from '../trainer-config.ts';

/** A set of labelled pictures, as far as a run depends on it. */
export interface RunData {
  readonly annotations: string;
  readonly images: string;
  readonly pictures: number;
  readonly boxes: number;
}

export interface RunConfig {
  readonly format: 'ssdlite-run/1';
  /** Of the weights that it makes. */
  readonly name: string;
  /** Class names; the class of column c is `classes[c - 1]`. */
  readonly classes: readonly string[];
  readonly train: RunData;
  readonly validation: RunData | undefined;
  /** `coco`, `scratch`, or a weights file. */
  readonly from: string;
  /** What is other than `defaultConfig` says. */
  readonly config: Partial<Omit<TrainerConfig, 'architecture'>>;
  readonly batchSize: number;
  /** Of the whole run. */
  readonly steps: number;
  readonly seed: number;
  readonly augment: AugmentConfig;
  /** Fixed views of each picture; undefined: a new one each time. */
  readonly views: number | undefined;
  /** Steps between two validations. */
  readonly validateEvery: number;
  /** Steps between two checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between two drawings of samples; 0: none. */
  readonly sampleEvery: number;
}

/** What may differ when a run goes on: where things lie, and how often something is looked at. */
const free: readonly (keyof RunConfig)[] = [
  'name',
  'validation',
  'validateEvery',
  'checkpointEvery',
  'sampleEvery',
];

/**
 * Whether a run may go on as another: with other classes, data or settings it would be another run.
 *
 * @param saved the configuration that the run began with
 * @throws SsdliteError `RUN_MISMATCH` with the first setting that differs
 */
export function mustContinue(saved: RunConfig, wanted: RunConfig): void {
  const difference = firstDifference(comparable(saved), comparable(wanted), '');
  if (!difference) return;
  const [path, was, is] = difference;
  throw new SsdliteError('RUN_MISMATCH', `The run began with ${path} ${was}, and is to go on with ${is}.`, {
    value: path,
    next: 'Go on with the options that it began with, or start another run in another folder.',
  });
}

function comparable(config: RunConfig): object {
  const { train, ...rest } = config;
  const kept = Object.entries(rest).filter(([name]) => !free.includes(name as keyof RunConfig));
  return { ...Object.fromEntries(kept), train: { pictures: train.pictures, boxes: train.boxes } };
}

function firstDifference(
  a: unknown,
  b: unknown,
  path: string,
): [path: string, a: string, b: string] | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b ? undefined : [path, String(JSON.stringify(a)), String(JSON.stringify(b))];
  }
  const isList = Array.isArray(a) || Array.isArray(b);
  if (isList && JSON.stringify(a) !== JSON.stringify(b)) return [path, JSON.stringify(a), JSON.stringify(b)];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = firstDifference(
      (a as Record<string, unknown>)[name],
      (b as Record<string, unknown>)[name],
      path === '' ? name : `${path}.${name}`,
    );
    if (inner) return inner;
  }
  return undefined;
}
