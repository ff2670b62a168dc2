// ssdlite/track: follows objects through a video; needs detections alone, in any runtime.

export {
  type EvaluatedFrame,
  evaluateTracks,
  type TrackedBox,
  type TrackFigures,
} from './evaluate-tracks.ts';
export { createTracker, type Track, Tracker } from './tracker.ts';
export type { TrackerOptions } from './tracker-options.ts';
