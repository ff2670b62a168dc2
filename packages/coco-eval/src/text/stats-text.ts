// The lines that everybody knows, as pycocotools prints them (cocoeval.py, summarize).

import type { EvaluationParams } from '../metric/params.ts';
import { type StatRow, type Stats, statRows } from '../metric/summarize.ts';

/** Twelve lines, ten for keypoints, each ended by a line feed. */
export function statsText(stats: Stats, params: EvaluationParams): string {
  return statRows(params)
    .map((row) => `${statLine(row, { value: stats[row.name] ?? -1, thresholds: params.iouThresholds })}\n`)
    .join('');
}

/** ` Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.505` */
export function statLine(
  { of, area, maxDetections, iouThreshold }: Omit<StatRow, 'name'>,
  { value, thresholds }: { readonly value: number; readonly thresholds: readonly number[] },
): string {
  const title = of === 'precision' ? 'Average Precision' : 'Average Recall';
  const kind = of === 'precision' ? '(AP)' : '(AR)';
  const iou =
    iouThreshold?.toFixed(2) ?? `${(thresholds[0] ?? 0).toFixed(2)}:${(thresholds.at(-1) ?? 0).toFixed(2)}`;
  const limit = String(maxDetections ?? '').padStart(3);
  return ` ${title.padEnd(18)} ${kind} @[ IoU=${iou.padEnd(9)} | area=${area.padStart(6)} | maxDets=${limit} ] = ${threeDigits(value)}`;
}

/** As Python's `{:0.3f}`: of two equally near the even one, where `toFixed` takes the larger. */
function threeDigits(value: number): string {
  const sixteenths = value * 16;
  const isBetween = Number.isInteger(sixteenths) && sixteenths % 2 !== 0;
  const below = Math.floor(value * 1000);
  return isBetween && below % 2 === 0 ? (below / 1000).toFixed(3) : value.toFixed(3);
}
