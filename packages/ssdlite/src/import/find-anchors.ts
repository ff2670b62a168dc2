// The anchors of an imported detector: read back from the numbers in its graph, or the usual ones.

import { SsdliteError } from '@ssdlite/layers';
import { type AnchorConfig, tfOdAnchors } from '../network/anchors.ts';
import { ssdAnchors } from '../network/ssd-anchors.ts';
import type { SsdConfig } from '../network/ssd-config.ts';
import type { Graph } from './graph.ts';

/** Anchors that differ by less, as a fraction of the image's side, are the same. */
const tolerance = 1e-4;

export interface FoundAnchors {
  readonly anchors: AnchorConfig;
  readonly notes: readonly string[];
}

/**
 * Finds the anchors' configuration.
 *
 * @param options.config the architecture; its anchors are the usual ones, as far as their number is known
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` if the graph's anchors are not made by TF Object Detection's rule, or are not in the
 * graph and not the usual number
 */
export function findAnchors(
  graph: Graph,
  options: {
    readonly config: Omit<SsdConfig, 'anchors'>;
    readonly anchorsPerCell: readonly number[];
    readonly grids: readonly { readonly height: number; readonly width: number }[];
  },
): FoundAnchors {
  const { config, anchorsPerCell, grids } = options;
  const count = grids.reduce(
    (sum, grid, map) => sum + grid.height * grid.width * (anchorsPerCell[map] ?? 0),
    0,
  );
  const held = anchorsIn(graph);
  const usual = usualAnchors(anchorsPerCell);
  if (!held) {
    if (usual)
      return {
        anchors: usual,
        notes: ['The graph does not hold its anchors: they are taken to be the usual ones.'],
      };
    throw unsupported(
      `The maps have ${anchorsPerCell.join(', ')} anchors per cell, and the graph does not hold them`,
      anchorsPerCell,
      'Pass the anchors of its training configuration (option anchors).',
    );
  }
  if (held.corners.length !== count * 4) {
    const { height, width } = config.inputSize;
    throw unsupported(
      `The graph holds ${held.corners.length / 4} anchors ('${held.name}'), a network of ${height} x ${width} pixels has ${count}`,
      held.corners.length / 4,
      'Pass the input size that it was exported with (option inputSize).',
    );
  }
  const inferred = usual ? [usual] : [];
  inferred.push(...inferAnchors(held.corners, { ...options, reduceLowest: anchorsPerCell[0] === 3 }));
  let least = Number.POSITIVE_INFINITY;
  for (const anchors of inferred) {
    const worst = largestDifference(ssdAnchors({ ...config, anchors }), held.corners);
    if (worst < tolerance) return { anchors, notes: [] };
    least = Math.min(least, worst);
  }
  throw unsupported(
    `The graph's anchors ('${held.name}') differ by ${least.toPrecision(2)} from all that its number of maps and ratios can make`,
    least,
    "Imported are anchors of TF Object Detection's ssd_anchor_generator.",
  );
}

/** A constant of the shape [n, 4] or [1, n, 4]: no layer of a detector has such weights. */
function anchorsIn(graph: Graph): { readonly name: string; readonly corners: ArrayLike<number> } | undefined {
  for (const { name, value } of graph.values()) {
    const shape = value?.shape ?? [];
    const rows = shape.at(-2) ?? 0;
    const fits = (shape.length === 2 || (shape.length === 3 && shape[0] === 1)) && shape.at(-1) === 4;
    if (value && fits && rows > 1 && !(value.data instanceof Int32Array))
      return { name, corners: value.data };
  }
  return undefined;
}

function usualAnchors(anchorsPerCell: readonly number[]): AnchorConfig | undefined {
  const [first, ...rest] = anchorsPerCell;
  const usual = tfOdAnchors.aspectRatios.length + 1;
  if (!rest.every((count) => count === usual) || (first !== 3 && first !== usual)) return undefined;
  return { ...tfOdAnchors, reduceLowest: first === 3 };
}

/** Reads ratios and scales off the first cell of each map. */
function inferAnchors(
  corners: ArrayLike<number>,
  options: Parameters<typeof findAnchors>[1] & { readonly reduceLowest: boolean },
): AnchorConfig[] {
  const { config, anchorsPerCell, grids, reduceLowest } = options;
  const { height, width } = config.inputSize;
  const shorter = Math.min(height, width);
  let at = 0;
  const cells = grids.map((grid, map) => {
    const count = anchorsPerCell[map] ?? 0;
    const sizes = Array.from({ length: count }, (_, anchor) => {
      const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = [0, 1, 2, 3].map(
        (i) => corners[at + anchor * 4 + i] ?? 0,
      );
      const h = ((ymax - ymin) * height) / shorter;
      const w = ((xmax - xmin) * width) / shorter;
      return { scale: Math.sqrt(h * w), ratio: w / h };
    });
    at += grid.height * grid.width * count * 4;
    return sizes;
  });
  const full = cells[reduceLowest ? 1 : 0] ?? [];
  const firstScale = (reduceLowest ? cells[0]?.[1] : full[0])?.scale ?? 0;
  const lastScale = cells.at(-1)?.[0]?.scale ?? 0;
  const ratios = full.map(({ ratio }) => rounded(ratio));
  const common = { minScale: rounded(firstScale), maxScale: rounded(lastScale), reduceLowest };
  return [
    // The last anchor of a cell is a ratio like the others, or has a scale between this map's and the next one's.
    { ...common, aspectRatios: ratios.slice(0, -1), interpolatedAspectRatio: ratios.at(-1) },
    { ...common, aspectRatios: ratios, interpolatedAspectRatio: undefined },
  ];
}

/** Configurations state few digits. */
function rounded(value: number): number {
  return Number(value.toFixed(4));
}

function largestDifference(made: Float32Array, held: ArrayLike<number>): number {
  return made.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (held[index] ?? 0))), 0);
}

function unsupported(what: string, value: unknown, next: string): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `${what}.`, { value, next });
}
