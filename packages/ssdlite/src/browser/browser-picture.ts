// A picture on its way to an engine that resizes pictures itself: still where it came from, and a copy on the engine's device.

import type { DevicePicture } from '../engine.ts';
import type { Drawable } from './drawable.ts';

/** A copy on a device, which is kept until the call is over. */
export interface DeviceCopy {
  free(): void;
}

/** A picture that can be drawn, and what engines keep of it during a call. */
export class BrowserPicture implements DevicePicture {
  readonly drawable: Drawable;
  readonly width: number;
  readonly height: number;
  readonly #copies = new Map<object, DeviceCopy>();

  constructor(drawable: Drawable) {
    this.drawable = drawable;
    this.width = drawable.width;
    this.height = drawable.height;
  }

  /** The copy on a device; made at the first call, so that several views of a picture share it. */
  copyOn<Copy extends DeviceCopy>(device: object, make: () => Copy): Copy {
    const copy = (this.#copies.get(device) as Copy | undefined) ?? make();
    this.#copies.set(device, copy);
    return copy;
  }

  release(): void {
    for (const copy of this.#copies.values()) copy.free();
    this.#copies.clear();
    this.drawable.close();
  }
}
