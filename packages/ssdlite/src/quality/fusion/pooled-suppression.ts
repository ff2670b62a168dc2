// The plain ways: the boxes of all views in one list, thinned out by NMS or soft-NMS as if one view had found them.

import type { Candidates } from '../../boxes/candidates.ts';
import { type Kept, nms } from '../../boxes/nms.ts';
import { softNms } from '../../boxes/soft-nms.ts';
import type { ViewBoxes } from '../view-boxes.ts';
import type { FusedBoxes, FusionOptions } from './fusion.ts';

/** NMS per class at IoU 0.6 over the boxes of all views. */
export function pooledNms(views: readonly ViewBoxes[], { maxDetections }: FusionOptions): FusedBoxes {
  const pool = poolOf(views);
  return fused(pool, nms(pool, { iouThreshold: 0.6, maxDetections, classAgnostic: false }));
}

/** Gaussian soft-NMS per class, sigma 0.5, over the boxes of all views. */
export function pooledSoftNms(views: readonly ViewBoxes[], { maxDetections }: FusionOptions): FusedBoxes {
  const pool = poolOf(views);
  const columns = pool.columns.reduce((most, column) => Math.max(most, column + 1), 0);
  return fused(
    pool,
    softNms(pool, {
      decay: 'gaussian',
      sigma: 0.5,
      iouThreshold: 0.6,
      thresholds: new Float64Array(columns),
      maxDetections,
    }),
  );
}

function poolOf(views: readonly ViewBoxes[]): Candidates {
  const count = views.reduce((sum, view) => sum + view.count, 0);
  const pool = {
    count,
    columns: new Int32Array(count),
    anchors: new Int32Array(count),
    scores: new Float32Array(count),
    boxes: new Float32Array(count * 4),
  };
  let at = 0;
  for (const view of views) {
    pool.columns.set(view.columns, at);
    pool.scores.set(view.scores, at);
    pool.boxes.set(view.boxes, at * 4);
    at += view.count;
  }
  return pool;
}

function fused({ columns, boxes }: Candidates, { indices, scores }: Kept): FusedBoxes {
  const kept = new Float32Array(indices.length * 4);
  for (const [rank, index] of indices.entries()) {
    kept.set(boxes.subarray(index * 4, index * 4 + 4), rank * 4);
  }
  return {
    count: indices.length,
    columns: Int32Array.from(indices, (index) => columns[index] as number),
    scores: Float64Array.from(scores),
    boxes: kept,
  };
}
