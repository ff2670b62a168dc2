// What was found on one picture, and where it goes.

import type { ViewsReport } from 'ssdlite';
import type { Drawable } from 'ssdlite/draw';
import type { Turn } from '../picture-run.ts';
import type { StageTimes } from './stage-times.ts';

/** What was found on one picture. */
export interface Found {
  /** Pixels, as displayed. */
  readonly width: number;
  readonly height: number;
  /** Tracks where objects are followed. */
  readonly detections: readonly Drawable[];
  readonly times: StageTimes;
  /** Which views it is made of, where some may have been left out. */
  readonly views?: ViewsReport | undefined;
}

/** Takes results one after the other, in the order of the pictures. */
export interface ResultSink {
  add(found: Found, turn: Turn): Promise<void>;
  /** Takes the error of a picture that could not be done. */
  addError(error: unknown, turn: Turn): Promise<void>;
  /** Ends the results, and keeps them. */
  commit(): Promise<void>;
  /** Ends them without a trace where nothing was shown yet. */
  discard(): Promise<void>;
}
