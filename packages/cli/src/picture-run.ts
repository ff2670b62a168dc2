// One task per picture, a few at a time: errors told, progress shown, stopped by the signal without losing what is done.

import { orderedResults } from 'ssdlite';
import type { PictureSource } from './inputs/picture-source.ts';
import { Progress } from './output/progress.ts';
import type { Session } from './session.ts';

/** A picture and its place in the list, from 0. */
export interface Turn {
  readonly source: PictureSource;
  readonly index: number;
}

export interface PictureRunOptions<Result> {
  readonly session: Session;
  readonly quiet: boolean;
  /** Pictures under way at once. Default 4: one on the engine while others are read, drawn or written. */
  readonly ahead?: number;
  /** What is done with a picture. Several run at once. */
  readonly task: (turn: Turn) => Promise<Result>;
  /** Receives results in the order of the list, one after the other. */
  readonly done: (result: Result, turn: Turn) => Promise<void>;
  /** Receives errors in that order, after they have been told. */
  readonly failed: (error: unknown, turn: Turn) => Promise<void>;
}

/** What became of a list of pictures. */
export interface RunCounts {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
}

/** Runs the task for every picture, until the session's signal says stop; then ends those under way. */
export async function runPictures<Result>(
  sources: readonly PictureSource[],
  { session, quiet, ahead = 4, task, done, failed }: PictureRunOptions<Result>,
): Promise<RunCounts> {
  const { signal, stderr } = session.io;
  const progress = new Progress(stderr, { total: sources.length, quiet });
  const start = performance.now();
  const counts = { done: 0, failed: 0 };
  function* turns(): Generator<Turn, void, void> {
    for (const [index, source] of sources.entries()) {
      if (signal.aborted) return;
      yield { source, index };
    }
  }
  try {
    for await (const { input: turn, outcome } of orderedResults(turns(), { ahead, task })) {
      if (outcome.status === 'fulfilled') {
        counts.done++;
        progress.clear();
        await done(outcome.value, turn);
      } else if (!signal.aborted) {
        counts.failed++;
        progress.clear();
        session.report(outcome.reason, turn.source.name);
        await failed(outcome.reason, turn);
      }
      progress.update(counts.done + counts.failed, turn.source.name);
    }
  } finally {
    progress.clear();
  }
  return { ...counts, seconds: (performance.now() - start) / 1000 };
}
