// How long the stages of detection took, over many pictures.

import type { Timings } from 'ssdlite';
import { fitColumns, tableLine, titleLine } from '../output/text-table.ts';

/** Milliseconds of one picture, from its file to its results. */
export interface StageTimes extends Timings {
  /** Drawing, cutting, encoding and writing pictures; left out where there is none of it. */
  readonly output?: number;
}

const stages = ['decode', 'preprocess', 'inference', 'postprocess', 'output', 'total'] as const;

/** Over many pictures, in milliseconds. */
export interface StageFigures {
  readonly median: number;
  /** 95 % of the pictures took no longer. */
  readonly percentile95: number;
}

/** The middle of numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The smallest of the numbers that 95 % of them do not exceed; NaN of none. */
export function percentile95(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

/** Figures by stage, in the order of the stages. */
export function stageFigures(times: readonly StageTimes[]): Record<string, StageFigures> {
  const figures: Record<string, StageFigures> = {};
  for (const stage of stages) {
    const values = times.map((time) => time[stage]).filter((value) => value !== undefined);
    if (values.length > 0) figures[stage] = { median: median(values), percentile95: percentile95(values) };
  }
  return figures;
}

/** Those figures as lines of text; '' for no picture. */
export function timingsTable(times: readonly StageTimes[]): string {
  if (times.length === 0) return '';
  const rows = Object.entries(stageFigures(times)).map(([stage, figures]) => [
    stage,
    figures.median.toFixed(2),
    figures.percentile95.toFixed(2),
  ]);
  const columns = fitColumns(
    ['ms a picture', { title: 'median', align: 'right' }, { title: '95 %', align: 'right' }],
    rows,
  );
  return `${[titleLine(columns), ...rows.map((row) => tableLine(columns, row))].join('\n')}\n`;
}
