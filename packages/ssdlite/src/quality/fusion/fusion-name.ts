// The names of the ways to fuse views; `fusions` has the ways themselves.

export const fusionNames = ['size-weighted', 'weighted-boxes', 'soft-nms', 'nms'] as const;

/**
 * How the boxes of several views become one list.
 *
 * - `size-weighted`: means by how well each view sees an object of that size, misses included.
 * - `weighted-boxes`: weighted boxes fusion, all views alike.
 * - `soft-nms`, `nms`: all boxes in one list, thinned out as if one view had found them.
 */
export type FusionName = (typeof fusionNames)[number];
