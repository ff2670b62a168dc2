// What can be drawn: detections, and the tracks of `ssdlite/track`.

import type { Detection } from '../detection.ts';
import type { Track } from '../track/tracker.ts';

/** A `Detection`, or a `Track`, whose id is shown and gives the colour. */
export interface Drawable extends Detection, Partial<Pick<Track, 'id' | 'state'>> {}
