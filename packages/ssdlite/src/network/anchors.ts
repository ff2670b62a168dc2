// Default boxes ("anchors") as the TF Object Detection API's SSD anchor generator makes them (multiple_grid_anchor_generator.py).

/** How anchors are laid over the feature maps. */
export interface AnchorConfig {
  /** Side of the first feature map's anchors, as a fraction of the shorter image side. */
  readonly minScale: number;
  /** The same for the last feature map. */
  readonly maxScale: number;
  /** Width / height, in the order in which a cell's anchors are numbered. */
  readonly aspectRatios: readonly number[];
  /** Whether the first feature map has only three anchors a cell: (0.1, 1), (minScale, 2), (minScale, 0.5). */
  readonly reduceLowest: boolean;
  /**
   * Width / height of the further anchor per cell whose scale lies between this map's and the next one's; `undefined` for none.
   */
  readonly interpolatedAspectRatio: number | undefined;
}

/** The preset of all of the TF Object Detection API's SSD MobileNets. Its 0.3333 is not 1/3. */
export const tfOdAnchors: AnchorConfig = {
  minScale: 0.2,
  maxScale: 0.95,
  aspectRatios: [1, 2, 0.5, 3, 0.3333],
  reduceLowest: true,
  interpolatedAspectRatio: 1,
};

/** Height and width of one anchor of a cell, as fractions of the shorter image side. */
interface AnchorSize {
  readonly height: number;
  readonly width: number;
}

/** Height and width in cells. */
export interface GridSize {
  readonly height: number;
  readonly width: number;
}

/** The anchors of one cell, per feature map. */
export function anchorSizes(config: AnchorConfig, maps: number): AnchorSize[][] {
  const { minScale, maxScale, aspectRatios, reduceLowest, interpolatedAspectRatio } = config;
  const scaleOf = (map: number): number =>
    map === maps ? 1 : maps === 1 ? minScale : minScale + ((maxScale - minScale) * map) / (maps - 1);
  return Array.from({ length: maps }, (_, map) => {
    const scale = scaleOf(map);
    if (map === 0 && reduceLowest) return [sized(0.1, 1), sized(scale, 2), sized(scale, 0.5)];
    const sizes = aspectRatios.map((ratio) => sized(scale, ratio));
    if (interpolatedAspectRatio !== undefined) {
      sizes.push(sized(Math.sqrt(scale * scaleOf(map + 1)), interpolatedAspectRatio));
    }
    return sizes;
  });
}

// TF computes the scales in float64 and everything after in float32; so do we, operation by operation, for equal bits.
const { fround } = Math;

function sized(scale: number, aspectRatio: number): AnchorSize {
  const root = fround(Math.sqrt(fround(aspectRatio)));
  return { height: fround(fround(scale) / root), width: fround(fround(scale) * root) };
}

/**
 * All anchors of a network.
 *
 * Order: map, then row, then column, then anchor of the cell. Not clipped: anchors at the borders reach outside of 0 to 1.
 *
 * @returns float32 `[anchors, 4]`, corners (ymin, xmin, ymax, xmax) as fractions of the image
 * @example
 * makeAnchors(tfOdAnchors, { image: { height: 300, width: 300 }, grids: [{ height: 19, width: 19 }, …] }).length / 4; // 1917
 */
export function makeAnchors(
  config: AnchorConfig,
  { image, grids }: { readonly image: GridSize; readonly grids: readonly GridSize[] },
): Float32Array {
  // Anchors are square on the image, not on its unit square.
  const shorter = Math.min(image.height, image.width);
  const baseHeight = fround(shorter / image.height);
  const baseWidth = fround(shorter / image.width);
  const perCell = anchorSizes(config, grids.length);
  const count = grids.reduce(
    (sum, grid, map) => sum + grid.height * grid.width * (perCell[map]?.length ?? 0),
    0,
  );
  const anchors = new Float32Array(count * 4);
  let at = 0;
  for (const [map, grid] of grids.entries()) {
    const rowCentre = centres(grid.height);
    const columnCentre = centres(grid.width);
    const halves = (perCell[map] ?? []).map(({ height, width }) => ({
      height: fround(0.5 * fround(height * baseHeight)),
      width: fround(0.5 * fround(width * baseWidth)),
    }));
    for (const y of rowCentre) {
      for (const x of columnCentre) {
        for (const half of halves) {
          anchors[at++] = y - half.height;
          anchors[at++] = x - half.width;
          anchors[at++] = y + half.height;
          anchors[at++] = x + half.width;
        }
      }
    }
  }
  return anchors;
}

/** (i + 0.5) / cells, in TF's float32 steps. */
function centres(cells: number): Float32Array {
  const stride = fround(1 / cells);
  const offset = fround(0.5 * stride);
  return Float32Array.from({ length: cells }, (_, cell) => fround(fround(cell * stride) + offset));
}
