// A chart by uPlot that follows the page's width and theme.

import uPlot from 'uplot';
import { element } from './element.ts';
import { figure } from './number-format.ts';
import { colour, onThemeChange } from './theme.ts';

export interface ChartSeries {
  readonly label: string;
  /** Name of a colour of the page's style. */
  readonly colour: string;
  readonly dashed?: boolean;
  /** Bars instead of a line. */
  readonly bars?: boolean;
}

export interface ChartOptions {
  /** What a screen reader says of it. */
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** The ends of the x axis. The y axis goes from 0 to 1. */
  readonly xRange: readonly [number, number];
  readonly series: readonly ChartSeries[];
  /** Draws on top of the lines. */
  readonly mark?: (plot: uPlot) => void;
  /** Called with the place in x that was clicked. */
  readonly onPick?: (place: number) => void;
}

/** x, then y by series; x does not descend; null where a series has no point. */
export type ChartData = readonly (readonly (number | null)[])[];

const height = 280;

export class Chart {
  readonly node: HTMLElement;
  readonly #plot: uPlot;

  constructor(options: ChartOptions) {
    this.node = element('div', { class: 'chart', role: 'img', 'aria-label': options.label });
    const data = [[], ...options.series.map(() => [])] as unknown as uPlot.AlignedData;
    this.#plot = new uPlot(plotOptions(options), data, this.node);
    const { onPick } = options;
    if (onPick) {
      this.#plot.over.addEventListener('click', () => {
        const place = this.#plot.cursor.idx;
        if (typeof place === 'number') onPick(place);
      });
    }
    new ResizeObserver(() => {
      const width = this.node.clientWidth;
      if (width > 0) this.#plot.setSize({ width, height });
    }).observe(this.node);
    onThemeChange(() => this.#plot.redraw(false, true));
  }

  draw(data: ChartData): void {
    this.#plot.setData(data as unknown as uPlot.AlignedData);
  }

  /** Draws anew what `mark` draws. */
  redraw(): void {
    this.#plot.redraw(false, false);
  }
}

function plotOptions({ xLabel, yLabel, xRange, series, mark }: ChartOptions): uPlot.Options {
  const axis = (label: string): uPlot.Axis => ({
    label,
    labelSize: 22,
    size: 42,
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    stroke: () => colour('muted'),
    grid: { stroke: () => colour('line'), width: 1 },
    ticks: { stroke: () => colour('line'), width: 1, size: 4 },
  });
  return {
    width: 480,
    height,
    cursor: { drag: { x: false, y: false }, points: { size: 7 }, dataIdx: nearestPoint },
    scales: { x: { time: false, range: [...xRange] }, y: { range: [0, 1.02] } },
    axes: [axis(xLabel), axis(yLabel)],
    series: [
      { label: xLabel, value: (_, value) => (value === null ? '–' : figure(value)) },
      ...series.map(
        ({ label, colour: name, dashed, bars }): uPlot.Series => ({
          label,
          stroke: () => colour(name),
          width: 2,
          spanGaps: true,
          points: { show: false },
          value: (_, value) => (value === null ? '–' : figure(value)),
          ...(dashed && { dash: [6, 4] }),
          ...(bars &&
            uPlot.paths.bars && {
              paths: uPlot.paths.bars({ size: [0.9] }),
              fill: () => colour(`${name}-soft`),
            }),
        }),
      ),
    ],
    hooks: { draw: mark ? [mark] : [] },
  };
}

/** The place nearest to the pointer where the series has a point: several curves share one x axis. */
function nearestPoint(plot: uPlot, series: number, closest: number): number {
  const values = plot.data[series];
  if (series === 0 || !values || values[closest] !== null) return closest;
  for (let distance = 1; distance < values.length; distance++) {
    if (typeof values[closest - distance] === 'number') return closest - distance;
    if (typeof values[closest + distance] === 'number') return closest + distance;
  }
  return closest;
}

/** Curves with points of their own on one x axis, in ascending order. */
export function mergeCurves(
  curves: readonly { readonly x: readonly number[]; readonly y: readonly number[] }[],
): ChartData {
  const points = curves
    .flatMap(({ x, y }, series) => x.map((at, place) => ({ at, y: y[place] ?? null, series })))
    .sort((a, b) => a.at - b.at);
  return [
    points.map(({ at }) => at),
    ...curves.map((_, series) => points.map((point) => (point.series === series ? point.y : null))),
  ];
}
