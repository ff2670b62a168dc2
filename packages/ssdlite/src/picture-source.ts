// A picture of which parts can be read, each as finely as it is needed: whole in memory, or a file too large for that.

import type { Size } from './detect/placement.ts';
import type { BoxXywh } from './detection.ts';
import type { DevicePicture } from './engine.ts';
import { isOnDevice, release } from './image-network.ts';
import type { Pixels } from './pixels.ts';

/** A picture, and where a part of another one lies in it. */
export interface PicturePart {
  readonly picture: Pixels | DevicePicture;
  /** In pixels of `picture`. */
  readonly region: BoxXywh;
}

/** A picture as views and tiles read it. */
export interface PictureSource extends Size {
  /** Whether parts are left on an engine's device. */
  readonly onDevice: boolean;
  /**
   * A part of the picture for an input of that size. It may be coarser than the picture, but is no coarser than the input, and may reach
   * beyond the part.
   */
  read(region: BoxXywh, input: Size): PicturePart | Promise<PicturePart>;
  /** Gives files and memory back. */
  close(): Promise<void>;
}

/** A picture as it is, always at its own resolution: what the network's own rule of resizing takes. */
export function wholePicture(picture: Pixels | DevicePicture): PictureSource {
  const { width, height } = picture;
  return {
    width,
    height,
    onDevice: isOnDevice(picture),
    read: (region) => ({ picture, region }),
    close: async () => release(picture),
  };
}

/**
 * How often a part is halved before it is resized to an input. The weights were trained on photos that were resized by about two; halving
 * by means keeps it between 1.5 and 3, where resizing that looks at four pixels still sees all that there is.
 */
export function halvingsFor(region: BoxXywh, input: Size): number {
  const scale = Math.max(region.width / input.width, region.height / input.height);
  return Math.max(0, Math.floor(Math.log2(scale / 1.5)));
}
