// Ids for the objects of a video whose frames are read and looked at several at a time.

import type { Detection } from 'ssdlite';
import { createTracker, type Track, type Tracker, type TrackerOptions } from 'ssdlite/track';

/** A tracker that is given frames in their order, though they are done at once. */
export class FrameTracks {
  readonly #tracker: Tracker;
  readonly #frameMs: number;
  #before: Promise<unknown> = Promise.resolve();

  /** @throws SsdliteError `INVALID_ARGUMENT` */
  constructor(options: TrackerOptions & { readonly frameRate: number }) {
    this.#tracker = createTracker(options);
    this.#frameMs = 1000 / options.frameRate;
  }

  /**
   * Makes tracks of what is found on a frame, once all frames before are done. Call it in the order of frames. One that fails takes its
   * time all the same: what moves has moved on by the next.
   *
   * @param frame number from 0
   */
  follow<Looked extends { readonly detections: readonly Detection[] }>(
    frame: number,
    looking: Promise<Looked>,
  ): Promise<Looked & { readonly detections: readonly Track[] }> {
    const before = this.#before;
    const following = looking.then(async (looked) => {
      await before;
      const tracks = this.#tracker.update(looked.detections, { time: frame * this.#frameMs });
      return { ...looked, detections: tracks };
    });
    this.#before = Promise.allSettled([before, following]);
    return following;
  }
}
