// What tuning came to, as text.

import type { RecipeFigures, TuneResult, TuneStep } from '@ssdlite/tune';
import { viewText } from '@ssdlite/tune';
import { plural } from '../detect/detect-summary.ts';
import { fitColumns, tableLine, titleLine } from '../output/text-table.ts';

/** COCO's figures that are shown, by name and title; those that the pictures cannot measure are a dash. */
const shownFigures = [
  ['AP', 'AP'],
  ['AP50', 'AP50'],
  ['APsmall', 'small'],
  ['APmedium', 'medium'],
  ['APlarge', 'large'],
] as const;

/** A step that was taken, in a line. */
export function stepLine({ what, gain, interval, images, tried }: TuneStep, metric: string): string {
  return `${what}: ${metric} ${signed(gain)} ${between(interval)} on ${plural(images, 'picture')}, best of ${plural(tried, 'move')}\n`;
}

/** Figures on the pictures that had no say, and what of them is more than chance. */
export function tuneReport({ level, steps, tuningImages, heldOut }: TuneResult, metric: string): string {
  const { fast, start, tuned, overFast, overStart } = heldOut;
  const ways = steps.length === 0 ? [fast, tuned] : [fast, start, tuned];
  const columns = fitColumns(
    [
      `${plural(heldOut.images, 'picture')} that had no say`,
      ...['cost', ...shownFigures.map(([, title]) => title)].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    ways.map(figureCells),
  );
  const differences = [
    ['fast', overFast[metric]],
    ...(steps.length === 0 ? [] : [[start.name, overStart[metric]] as const]),
  ] as const;
  return [
    steps.length === 0
      ? `No step is sure to be better than ${start.name} on ${plural(tuningImages, 'picture')}: that is the level.\n`
      : '',
    `${level.name}: ${level.views.map(viewText).join(', ')}; ${level.cost} times the cost of one pass\n\n`,
    `${titleLine(columns)}\n`,
    ...ways.map((way) => `${tableLine(columns, figureCells(way))}\n`),
    '\n',
    ...differences.map(([name, over]) =>
      over
        ? `${level.name} over ${name}: ${metric} ${signed(over.difference)} ${between(over.interval)}, ${verdict(over.interval)}\n`
        : '',
    ),
  ].join('');
}

function figureCells({ name, cost, stats }: RecipeFigures): string[] {
  const figures = shownFigures.map(([figure]) => {
    const value = stats[figure] ?? -1;
    return value < 0 ? '-' : value.toFixed(3);
  });
  return [name, cost.toFixed(1), ...figures];
}

function verdict([low, high]: readonly [number, number]): string {
  if (low > 0) return 'more than chance';
  return high < 0 ? 'worse by more than chance' : 'which may be chance';
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

function between([low, high]: readonly [number, number]): string {
  return `(${signed(low)} to ${signed(high)})`;
}
