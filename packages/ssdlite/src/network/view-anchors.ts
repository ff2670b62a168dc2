// Anchors at other input sizes than the one that was trained: they keep their size in pixels, and sit where they sat under a cell.

import { type AxisCells, receptiveFields } from '@ssdlite/layers';
import { anchorSizes } from './anchors.ts';
import { ssdAnchors } from './ssd-anchors.ts';
import type { SsdConfig } from './ssd-config.ts';
import { ssdNetwork } from './ssd-network.ts';

/** Height and width in pixels. */
interface InputSize {
  readonly height: number;
  readonly width: number;
}

/**
 * The anchors of a detector whose input is of another size.
 *
 * A larger input has more cells; each still sees as many pixels, so its anchors keep their size in pixels. A cell's anchors sit where its
 * receptive field is, shifted as on average at the trained size: there they sat at (i + 0.5) / cells, which is not quite where
 * the cell looks. At the trained size itself these are `ssdAnchors`, to the bit.
 *
 * @returns float32 `[anchors, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the input
 * @throws SsdliteError `NETWORK_INVALID` if the network cannot be built at that size
 */
export function viewAnchors(config: SsdConfig, size: InputSize): Float32Array {
  const trained = config.inputSize;
  if (size.height === trained.height && size.width === trained.width) return ssdAnchors(config);
  const maps = headCells({ ...config, inputSize: size });
  const trainedMaps = headCells(config);
  const sizes = anchorSizes(config.anchors, maps.length);
  const shorter = Math.min(trained.height, trained.width);
  const anchors: number[] = [];
  for (const [map, { y, x }] of maps.entries()) {
    const trainedMap = trainedMaps[map] as (typeof trainedMaps)[number];
    const rows = centres(y, trainedMap.y, trained.height);
    const columns = centres(x, trainedMap.x, trained.width);
    for (const row of rows) {
      for (const column of columns) {
        for (const { height, width } of sizes[map] ?? []) {
          const [halfHeight, halfWidth] = [(height * shorter) / 2, (width * shorter) / 2];
          anchors.push(
            (row - halfHeight) / size.height,
            (column - halfWidth) / size.width,
            (row + halfHeight) / size.height,
            (column + halfWidth) / size.width,
          );
        }
      }
    }
  }
  return Float32Array.from(anchors);
}

/** Where the cells of each map with heads look. */
function headCells(config: SsdConfig) {
  return [...receptiveFields(ssdNetwork(config))]
    .filter(([name]) => /^box_head_\d+(_project)?$/.test(name))
    .map(([, cells]) => cells);
}

/** Centres of an axis' anchors, in pixels. */
function centres(axis: AxisCells, trained: AxisCells, trainedSide: number): number[] {
  const meanField = trained.first + (trained.stride * (trained.cells - 1)) / 2;
  // The mean of (i + 0.5) / cells over all cells is a half.
  const shift = meanField - trainedSide / 2;
  return Array.from({ length: axis.cells }, (_, i) => axis.first + axis.stride * i - shift);
}
