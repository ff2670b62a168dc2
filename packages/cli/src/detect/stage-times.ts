// How long the stages of detection took, over many pictures.

import type { Timings } from 'ssdlite';
import { fitColumns, tableLine, titleLine } from '../output/text-table.ts';

/** Milliseconds of one picture, from its file to its results. */
export interface StageTimes extends Timings {
  /** Drawing, cutting, encoding and writing pictures. */
  readonly output: number;
}

const stages = ['decode', 'preprocess', 'inference', 'postprocess', 'output', 'total'] as const;

/** The middle of numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The number below which 95 % of the numbers lie. */
export function percentile95(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

/** Median and 95th percentile of every stage, as lines of text; '' for no picture. */
export function timingsTable(times: readonly StageTimes[]): string {
  if (times.length === 0) return '';
  const rows = stages.map((stage) => {
    const values = times.map((time) => time[stage]);
    return [stage, median(values).toFixed(1), percentile95(values).toFixed(1)];
  });
  const columns = fitColumns(
    ['ms a picture', { title: 'median', align: 'right' }, { title: '95 %', align: 'right' }],
    rows,
  );
  return `${[titleLine(columns), ...rows.map((row) => tableLine(columns, row))].join('\n')}\n`;
}
