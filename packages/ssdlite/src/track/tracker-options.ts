// The options of a tracker, checked.

import { checkOptionNames, count, flag, fraction, invalidOption, positive } from '../check-option.ts';

export interface TrackerOptions {
  /** Detections from this score on start tracks, and are matched first; 0 to 1. Default 0.5. */
  readonly highThreshold?: number;
  /** Detections down to this score are matched with what is left of the tracks; 0 to `highThreshold`. Default 0.1. */
  readonly lowThreshold?: number;
  /** A detection is of a track only if it overlaps the place where the object is expected by more than this IoU. Default 0.2. */
  readonly minOverlap?: number;
  /** Frames in a row in which an object must be found before its track is told, for objects that appear later than in the first frame. Default 2. */
  readonly minHits?: number;
  /** How long an object that is out of sight keeps its id, in milliseconds. Default 1000. */
  readonly keepLostMs?: number;
  /** Frames per second, for frames that come without a time, and for how fast objects are expected to move. Default 30. */
  readonly frameRate?: number;
  /** Whether a track has one class. `false` for classes that the detector mixes up: the track then has the class with the highest sum of scores so far. Default true. */
  readonly perClass?: boolean;
  /** Make up for a camera that shakes or turns, as far as boxes tell: three objects must agree. Default true. */
  readonly followCamera?: boolean;
  /** Give the filter's boxes, which tremble less than the detector's and may reach over the border of the picture. Default false. */
  readonly smoothBoxes?: boolean;
  /** Give a running mean of each object's scores instead of the score in this frame. Default false. */
  readonly smoothScores?: boolean;
  /** Give also tracks that are out of sight, where they are expected. Default false. */
  readonly includeLost?: boolean;
}

const optionNames: readonly (keyof TrackerOptions)[] = [
  'highThreshold',
  'lowThreshold',
  'minOverlap',
  'minHits',
  'keepLostMs',
  'frameRate',
  'perClass',
  'followCamera',
  'smoothBoxes',
  'smoothScores',
  'includeLost',
];

/** @throws SsdliteError `INVALID_ARGUMENT` */
export function resolveTrackerOptions(options: TrackerOptions): Required<TrackerOptions> {
  checkOptionNames(options, optionNames);
  const highThreshold = fraction('highThreshold', options.highThreshold ?? 0.5);
  const lowThreshold = fraction('lowThreshold', options.lowThreshold ?? Math.min(0.1, highThreshold));
  if (lowThreshold > highThreshold) {
    const next = `Pass at most highThreshold, which is ${highThreshold}.`;
    throw invalidOption('lowThreshold', { value: lowThreshold, next });
  }
  const keepLostMs = options.keepLostMs ?? 1000;
  if (!(typeof keepLostMs === 'number' && keepLostMs >= 0 && Number.isFinite(keepLostMs))) {
    throw invalidOption('keepLostMs', { value: keepLostMs, next: 'Pass milliseconds, 0 or more.' });
  }
  return {
    highThreshold,
    lowThreshold,
    minOverlap: fraction('minOverlap', options.minOverlap ?? 0.2),
    minHits: count('minHits', options.minHits ?? 2),
    keepLostMs,
    frameRate: positive('frameRate', options.frameRate ?? 30),
    perClass: flag('perClass', options.perClass ?? true),
    followCamera: flag('followCamera', options.followCamera ?? true),
    smoothBoxes: flag('smoothBoxes', options.smoothBoxes ?? false),
    smoothScores: flag('smoothScores', options.smoothScores ?? false),
    includeLost: flag('includeLost', options.includeLost ?? false),
  };
}
