// What a run of detection comes to, in a sentence or two.

import { duration } from '../output/progress.ts';
import type { RunCounts } from '../picture-run.ts';

export interface SummaryFacts {
  /** Pictures that were named. */
  readonly total: number;
  readonly objects: number;
  readonly engine: string;
  readonly stopped: boolean;
  /** Where results went, as the user named it. */
  readonly places: readonly string[];
}

/**
 * One line per fact that matters, after an empty one that sets it off from the table.
 *
 * @example
 * // 34 objects in 10 pictures, 0.4 s (25.0 pictures/s) on onnxruntime-node. Written: drawn, found.json.
 */
export function detectSummary({ done, failed, seconds }: RunCounts, facts: SummaryFacts): string {
  const { total, objects, engine, stopped, places } = facts;
  const rate = done > 1 ? ` (${(done / seconds).toFixed(1)} pictures/s)` : '';
  const took = `${duration(seconds)}${rate} on ${engine}`;
  const written = places.length > 0 && done > 0 ? ` Written: ${places.join(', ')}.` : '';
  return [
    done > 0 ? `\n${plural(objects, 'object')} in ${plural(done, 'picture')}, ${took}.${written}\n` : '',
    failed > 0 && total > 1 ? `${plural(failed, 'picture')} could not be done.\n` : '',
    stopped ? `Stopped: ${total - done - failed} of ${plural(total, 'picture')} left undone.\n` : '',
  ].join('');
}

/** `1 picture`, `2 pictures`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
