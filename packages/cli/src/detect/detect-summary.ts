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
 * One line per fact that matters.
 *
 * @example
 * // 34 objects in 10 pictures, 0.4 s (25.0 pictures/s) on onnxruntime-node. Written: drawn, found.json.
 */
export function detectSummary({ done, failed, seconds }: RunCounts, facts: SummaryFacts): string {
  const { total, objects, engine, stopped, places } = facts;
  const rate = done > 1 ? ` (${(done / seconds).toFixed(1)} pictures/s)` : '';
  const written = places.length > 0 && done > 0 ? ` Written: ${places.join(', ')}.` : '';
  return [
    `${plural(objects, 'object')} in ${plural(done, 'picture')}, ${duration(seconds)}${rate} on ${engine}.${written}\n`,
    failed > 0 ? `${plural(failed, 'picture')} could not be done.\n` : '',
    stopped ? `Stopped: ${plural(total - done - failed, 'picture')} of ${total} left undone.\n` : '',
  ].join('');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
