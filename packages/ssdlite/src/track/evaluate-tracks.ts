// How well tracks follow the truth: MOTA and MOTP (Bernardin and Stiefelhagen 2008), IDF1 (Ristani et al. 2016, arXiv 1609.01775).

import { fraction } from '../check-option.ts';
import type { BoxXywh } from '../detection.ts';
import { assign } from './assign.ts';
import { boxOverlap } from './box-overlap.ts';

/** A box of an object in a frame. A `Track` is one. */
export interface TrackedBox {
  /** Of the object: the same in all frames. */
  readonly id: number;
  readonly classId: number;
  readonly box: BoxXywh;
}

/** One frame: what is there, and what was tracked. */
export interface EvaluatedFrame {
  readonly truth: readonly TrackedBox[];
  readonly tracks: readonly TrackedBox[];
}

/** Figures over all frames of a video. */
export interface TrackFigures {
  /** 1 - (missed + false + switched) / true boxes: 1 at best, and below 0 with more errors than boxes. NaN without true boxes. */
  readonly mota: number;
  /** Mean IoU of the boxes that were matched. NaN if none was. */
  readonly motp: number;
  /** Share of boxes that have the right identity, when every true object is given one track for the whole video: 0 to 1. NaN without any box. */
  readonly idf1: number;
  /** True boxes of all frames. */
  readonly boxes: number;
  /** True boxes without a track. */
  readonly misses: number;
  /** Tracked boxes without a true one. */
  readonly falsePositives: number;
  /** How often an object was found under another id than when it was last found. */
  readonly switches: number;
}

/**
 * Compares tracks with the truth, frame by frame. Boxes match within a class, at an IoU of at least `iouThreshold`; a match of the
 * frame before is kept as long as it holds.
 *
 * @param frames in the order of time
 * @throws SsdliteError `INVALID_ARGUMENT`
 * @example
 * const frames = video.map(({ truth, detections }) => ({ truth, tracks: tracker.update(detections) }));
 * console.log(evaluateTracks(frames).mota);
 */
export function evaluateTracks(
  frames: readonly EvaluatedFrame[],
  { iouThreshold = 0.5 }: { readonly iouThreshold?: number } = {},
): TrackFigures {
  fraction('iouThreshold', iouThreshold);
  const trackOf = new Map<number, number>();
  const together = new Map<string, number>();
  const framesOfTruth = new Map<number, number>();
  const framesOfTrack = new Map<number, number>();
  let [matched, switches, overlapSum] = [0, 0, 0];
  for (const { truth, tracks } of frames) {
    const overlaps = overlapsOf({ truth, tracks }, iouThreshold);
    for (const [row, column] of matchFrame({ truth, tracks }, { overlaps, trackOf })) {
      const [{ id: trueId }, { id }] = [truth[row] as TrackedBox, tracks[column] as TrackedBox];
      if (trackOf.has(trueId) && trackOf.get(trueId) !== id) switches++;
      trackOf.set(trueId, id);
      matched++;
      overlapSum += overlaps[row * tracks.length + column] as number;
    }
    for (const { id } of truth) increase(framesOfTruth, id);
    for (const { id } of tracks) increase(framesOfTrack, id);
    for (const [row, { id: trueId }] of truth.entries()) {
      for (const [column, { id }] of tracks.entries()) {
        if ((overlaps[row * tracks.length + column] as number) > 0) increase(together, `${trueId} ${id}`);
      }
    }
  }
  const boxes = sum(framesOfTruth);
  const tracked = sum(framesOfTrack);
  const identified = framesWithIdentity({ framesOfTruth, framesOfTrack, together });
  const [misses, falsePositives] = [boxes - matched, tracked - matched];
  return {
    mota: boxes === 0 ? Number.NaN : 1 - (misses + falsePositives + switches) / boxes,
    motp: matched === 0 ? Number.NaN : overlapSum / matched,
    idf1: boxes + tracked === 0 ? Number.NaN : (2 * identified) / (boxes + tracked),
    boxes,
    misses,
    falsePositives,
    switches,
  };
}

/** `[truth, tracks]`: IoU, and 0 where boxes do not match. */
function overlapsOf({ truth, tracks }: EvaluatedFrame, iouThreshold: number): Float64Array {
  const overlaps = new Float64Array(truth.length * tracks.length);
  for (const [row, one] of truth.entries()) {
    for (const [column, other] of tracks.entries()) {
      const overlap = one.classId === other.classId ? boxOverlap(one.box, other.box) : 0;
      if (overlap >= iouThreshold) overlaps[row * tracks.length + column] = overlap;
    }
  }
  return overlaps;
}

/** As many matches as can be, those of before first; of equally many, those that overlap best. */
function matchFrame(
  { truth, tracks }: EvaluatedFrame,
  { overlaps, trackOf }: { readonly overlaps: Float64Array; readonly trackOf: ReadonlyMap<number, number> },
) {
  const gains = overlaps.map((overlap) => (overlap > 0 ? 1 + overlap : 0));
  // Keeping a match outweighs whatever new ones could gain.
  const keeping = 2 * (truth.length + tracks.length) + 1;
  for (const [row, { id: trueId }] of truth.entries()) {
    const column = tracks.findIndex(({ id }) => id === trackOf.get(trueId));
    const at = row * tracks.length + column;
    if (column >= 0 && (overlaps[at] as number) > 0) gains[at] = (gains[at] as number) + keeping;
  }
  return assign(gains, { rows: truth.length, columns: tracks.length });
}

/** Most frames in which objects and the tracks given to them, one each for the whole video, match. */
function framesWithIdentity({
  framesOfTruth,
  framesOfTrack,
  together,
}: {
  readonly framesOfTruth: ReadonlyMap<number, number>;
  readonly framesOfTrack: ReadonlyMap<number, number>;
  readonly together: ReadonlyMap<string, number>;
}): number {
  const [trueIds, ids] = [[...framesOfTruth.keys()], [...framesOfTrack.keys()]];
  const gains = Float64Array.from(
    trueIds.flatMap((trueId) => ids.map((id) => together.get(`${trueId} ${id}`) ?? 0)),
  );
  const pairs = assign(gains, { rows: trueIds.length, columns: ids.length });
  return pairs.reduce((total, [row, column]) => total + (gains[row * ids.length + column] as number), 0);
}

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
