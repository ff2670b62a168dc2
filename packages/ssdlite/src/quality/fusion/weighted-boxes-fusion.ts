// Weighted boxes fusion (Solovyev, Wang and Gabruseva 2021, arXiv 1910.13302).

import type { ViewBoxes } from '../view-boxes.ts';
import { bestOf, type FusedBoxes, type FusedClass, type FusionOptions } from './fusion.ts';
import { type ClassBoxes, groupBoxes } from './group-boxes.ts';

/** From this overlap with a cluster's mean box on, a box joins it: the paper's. */
const sameObject = 0.55;

/**
 * In order of score, a box joins the cluster whose mean box it overlaps most, by more than 0.55, or begins one. A cluster's box is the mean
 * of its boxes by score; its score their mean, times min(boxes, views) / views (the paper's section 3, all views weighing the same).
 */
export function weightedBoxesFusion(
  views: readonly ViewBoxes[],
  { maxDetections, thresholds }: FusionOptions,
): FusedBoxes {
  // All views alike: boxes in order of score alone.
  const alike = views.map((view) => ({ ...view, worthAt: () => 1 }));
  const groups = groupBoxes(alike, { most: Number.POSITIVE_INFINITY, thresholds });
  return bestOf(
    groups.map((group) => fuseClass(group, views.length)),
    maxDetections,
  );
}

interface Cluster {
  /** Corners of the mean box. */
  readonly box: Float64Array;
  /** Sum of the scores. */
  total: number;
  count: number;
}

function fuseClass({ column, count, boxes, scores }: ClassBoxes, viewCount: number): FusedClass {
  const clusters: Cluster[] = [];
  for (let index = 0; index < count; index++) {
    const corners = boxes.subarray(index * 4, index * 4 + 4);
    const score = scores[index] as number;
    const cluster = closest(clusters, corners);
    if (!cluster) {
      clusters.push({ box: Float64Array.from(corners), total: score, count: 1 });
      continue;
    }
    const total = cluster.total + score;
    for (const [side, value] of corners.entries()) {
      cluster.box[side] = ((cluster.box[side] as number) * cluster.total + value * score) / total;
    }
    cluster.total = total;
    cluster.count++;
  }
  const share = (cluster: Cluster): number => Math.min(cluster.count, viewCount) / viewCount;
  return {
    column,
    scores: Float64Array.from(clusters, (cluster) => (cluster.total / cluster.count) * share(cluster)),
    boxes: Float32Array.from(clusters.flatMap(({ box }) => [...box])),
  };
}

function closest(clusters: readonly Cluster[], corners: Float32Array): Cluster | undefined {
  const [top = 0, left = 0, bottom = 0, right = 0] = corners;
  const area = (bottom - top) * (right - left);
  let found: Cluster | undefined;
  let highest = sameObject;
  for (const cluster of clusters) {
    const [otherTop = 0, otherLeft = 0, otherBottom = 0, otherRight = 0] = cluster.box;
    const height = Math.min(bottom, otherBottom) - Math.max(top, otherTop);
    const width = Math.min(right, otherRight) - Math.max(left, otherLeft);
    if (height <= 0 || width <= 0) continue;
    const intersection = height * width;
    const otherArea = (otherBottom - otherTop) * (otherRight - otherLeft);
    const overlap = intersection / (area + otherArea - intersection);
    if (overlap > highest) {
      found = cluster;
      highest = overlap;
    }
  }
  return found;
}
