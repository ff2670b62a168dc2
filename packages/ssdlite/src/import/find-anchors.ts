// The anchors of an imported detector, read back from its graph: from their corners where it holds them as numbers (after constants
// were folded), or from the scales and ratios that it makes them of.

import { SsdliteError } from '@ssdlite/layers';
import { type AnchorConfig, anchorSizes, type GridSize, tfOdAnchors } from '../network/anchors.ts';
import { ssdAnchors } from '../network/ssd-anchors.ts';
import type { SsdConfig } from '../network/ssd-config.ts';
import type { Constants } from './evaluate-constants.ts';
import { type Graph, type GraphTensor, nodeOf } from './graph.ts';

/** Anchors that differ by less, as a fraction of the image's side, are the same. */
const tolerance = 1e-4;

export interface FoundAnchors {
  readonly anchors: AnchorConfig;
  readonly notes: readonly string[];
}

/** Where anchors are looked for. */
interface AnchorPlace {
  readonly config: Omit<SsdConfig, 'anchors'>;
  readonly constants: Constants;
  readonly anchorsPerCell: readonly number[];
  /** Cells of each feature map. */
  readonly grids: readonly GridSize[];
}

/** One anchor of a cell: square root of its area, as a fraction of the image's shorter side, and width / height. */
interface CellAnchor {
  readonly scale: number;
  readonly ratio: number;
}

/**
 * Finds the anchors' configuration.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` if the graph's anchors are not made by TF Object Detection's rule, or are not in the
 * graph and not the usual number
 */
export function findAnchors(graph: Graph, place: AnchorPlace): FoundAnchors {
  const { config, anchorsPerCell } = place;
  const corners = heldCorners(graph, place);
  if (corners) {
    const { data, precision = 0 } = corners;
    const difference = (anchors: AnchorConfig): number =>
      largestDifference(ssdAnchors({ ...config, anchors }), data);
    return choose({ cells: cellsFromCorners(data, place), precision, difference }, place);
  }
  const generator = cellsFromGenerator(graph, place);
  if (generator) {
    const numbersOf = (cells: readonly CellAnchor[][]): number[] =>
      cells.flat().flatMap(({ scale, ratio }) => [scale, ratio]);
    const difference = (anchors: AnchorConfig): number =>
      largestDifference(numbersOf(cellsOf(anchors, anchorsPerCell.length)), numbersOf(generator.cells));
    return choose({ ...generator, difference }, place);
  }
  const usual = usualAnchors(anchorsPerCell);
  if (usual) {
    return {
      anchors: usual,
      notes: ['The graph does not hold its anchors: they are taken to be the usual ones.'],
    };
  }
  throw unsupported(
    `The maps have ${anchorsPerCell.join(', ')} anchors per cell, and the graph does not hold them`,
    anchorsPerCell,
    'Pass the anchors of its training configuration (option anchors).',
  );
}

/** Anchors as a graph has them. */
interface HeldAnchors {
  readonly cells: readonly CellAnchor[][];
  /** How far the graph's numbers may be off because they were quantised. */
  readonly precision: number;
  /** How far a configuration's anchors are from the graph's. */
  difference(anchors: AnchorConfig): number;
}

/** The configuration that makes these anchors: the usual one if it does, else one that is read off them. */
function choose(held: HeldAnchors, { anchorsPerCell }: AnchorPlace): FoundAnchors {
  const { cells, precision } = held;
  const fits = (anchors: AnchorConfig): boolean =>
    countsOf(anchors, cells.length) === anchorsPerCell.join() &&
    held.difference(anchors) <= tolerance + precision;
  const usual = usualAnchors(anchorsPerCell);
  if (usual && fits(usual)) return { anchors: usual, notes: [] };
  const anchors = inferAnchors(cells).find(fits);
  if (anchors) {
    const quantised = `The graph's anchors were quantised: they may be off by ${precision.toPrecision(1)}.`;
    return { anchors, notes: precision > tolerance ? [quantised] : [] };
  }
  throw unsupported(
    `The graph's anchors (${anchorsPerCell.join(', ')} per cell) are not those of TF Object Detection's ssd_anchor_generator, with any scales and ratios`,
    anchorsPerCell,
    'Pass the anchors of its training configuration (option anchors) if they come near enough.',
  );
}

function cellsOf(anchors: AnchorConfig, maps: number): CellAnchor[][] {
  return anchorSizes(anchors, maps).map((sizes) =>
    sizes.map(({ height, width }) => ({ scale: Math.sqrt(height * width), ratio: width / height })),
  );
}

function countsOf(anchors: AnchorConfig, maps: number): string {
  return anchorSizes(anchors, maps)
    .map((sizes) => sizes.length)
    .join();
}

/** A constant of the shape [n, 4] or [1, n, 4]: no layer of a detector has such weights. */
function heldCorners(graph: Graph, { config, anchorsPerCell, grids }: AnchorPlace): GraphTensor | undefined {
  const count = grids.reduce(
    (sum, grid, map) => sum + grid.height * grid.width * (anchorsPerCell[map] ?? 0),
    0,
  );
  for (const { name, value } of graph.values()) {
    const shape = value?.shape ?? [];
    const rows = shape.at(-2) ?? 0;
    const fits = (shape.length === 2 || (shape.length === 3 && shape[0] === 1)) && shape.at(-1) === 4;
    if (!value || !fits || rows <= 1 || value.data instanceof Int32Array) continue;
    if (rows === count) return value;
    const { height, width } = config.inputSize;
    throw unsupported(
      `The graph holds ${rows} anchors ('${name}'), a network of ${height} x ${width} pixels has ${count}`,
      rows,
      'Pass the input size that it was exported with (option inputSize).',
    );
  }
  return undefined;
}

function cellsFromCorners(
  corners: ArrayLike<number>,
  { config, anchorsPerCell, grids }: AnchorPlace,
): CellAnchor[][] {
  const { height, width } = config.inputSize;
  const shorter = Math.min(height, width);
  let at = 0;
  return grids.map((grid, map) => {
    const count = anchorsPerCell[map] ?? 0;
    const cell = Array.from({ length: count }, (_, anchor) => {
      const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = [0, 1, 2, 3].map(
        (i) => corners[at + anchor * 4 + i] ?? 0,
      );
      const h = ((ymax - ymin) * height) / shorter;
      const w = ((xmax - xmin) * width) / shorter;
      return { scale: Math.sqrt(h * w), ratio: w / h };
    });
    at += grid.height * grid.width * count * 4;
    return cell;
  });
}

/** TF Object Detection computes heights as scales / sqrt(ratios), both of them constants, map by map. */
function cellsFromGenerator(
  graph: Graph,
  { constants, anchorsPerCell }: AnchorPlace,
): Pick<HeldAnchors, 'cells' | 'precision'> | undefined {
  const cells: CellAnchor[][] = [];
  let precision = 0;
  for (const { op, inputs } of graph.values()) {
    const [numerator = '', denominator = ''] = inputs;
    const root = op === 'RealDiv' ? nodeOf(graph, denominator) : undefined;
    if (root?.op !== 'Sqrt') continue;
    const scales = constants(numerator);
    const ratios = constants(root.inputs[0] ?? '');
    if (scales?.shape.length !== 1 || ratios?.shape.join() !== scales.shape.join()) continue;
    precision = Math.max(precision, scales.precision, ratios.precision);
    cells.push([...scales.data].map((scale, index) => ({ scale, ratio: ratios.data[index] ?? 1 })));
  }
  // Deeper maps have larger anchors, in whatever order a file has them.
  const mean = (cell: readonly CellAnchor[]): number =>
    cell.reduce((sum, { scale }) => sum + scale, 0) / cell.length;
  cells.sort((a, b) => mean(a) - mean(b));
  const complete = cells.map((cell) => cell.length).join() === anchorsPerCell.join();
  return complete ? { cells, precision } : undefined;
}

function usualAnchors(anchorsPerCell: readonly number[]): AnchorConfig | undefined {
  const [first, ...rest] = anchorsPerCell;
  const usual = tfOdAnchors.aspectRatios.length + 1;
  if (!rest.every((count) => count === usual) || (first !== 3 && first !== usual)) return undefined;
  return { ...tfOdAnchors, reduceLowest: first === 3 };
}

/** What may have made these cells. */
function inferAnchors(cells: readonly CellAnchor[][]): AnchorConfig[] {
  const [lowest = [], second = []] = cells;
  const lastScale = cells.at(-1)?.[0]?.scale ?? 0;
  return [true, false].flatMap((reduceLowest) => {
    const full = reduceLowest ? second : lowest;
    const firstScale = (reduceLowest ? lowest[1] : lowest[0])?.scale ?? 0;
    const ratios = full.map(({ ratio }) => rounded(ratio));
    const common = { minScale: rounded(firstScale), maxScale: rounded(lastScale), reduceLowest };
    return [
      // The last anchor of a cell has a scale between this map's and the next one's, or is a ratio like the others.
      { ...common, aspectRatios: ratios.slice(0, -1), interpolatedAspectRatio: ratios.at(-1) },
      { ...common, aspectRatios: ratios, interpolatedAspectRatio: undefined },
    ];
  });
}

/** Configurations state few digits. */
function rounded(value: number): number {
  return Number(value.toFixed(4));
}

function largestDifference(made: ArrayLike<number>, held: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < made.length; i++) worst = Math.max(worst, Math.abs((made[i] ?? 0) - (held[i] ?? 0)));
  return worst;
}

function unsupported(what: string, value: unknown, next: string): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `${what}.`, { value, next });
}
