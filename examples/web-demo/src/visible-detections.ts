// Which of the detections are shown: those over the threshold, of the classes that the visitor picked, the best of them.

import type { Drawable } from 'ssdlite/draw';
import type { Settings } from './settings.ts';

export interface ClassCount {
  readonly label: string;
  readonly classId: number;
  readonly count: number;
}

/** @param classes those that are picked; all, where none is */
export function visibleDetections<Shown extends Drawable>(
  detections: readonly Shown[],
  { score, maximum }: Pick<Settings, 'score' | 'maximum'>,
  classes: ReadonlySet<number>,
): Shown[] {
  const isPicked = (classId: number): boolean => classes.size === 0 || classes.has(classId);
  return detections
    .filter((detection) => detection.score >= score && isPicked(detection.classId))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, maximum);
}

/** How many of each class are over the threshold, the most frequent first. */
export function classCounts(
  detections: readonly Drawable[],
  { score }: Pick<Settings, 'score'>,
): ClassCount[] {
  const counts = new Map<number, ClassCount>();
  for (const { classId, label, score: own } of detections) {
    if (own < score) continue;
    counts.set(classId, { classId, label, count: (counts.get(classId)?.count ?? 0) + 1 });
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count || a.classId - b.classId);
}
