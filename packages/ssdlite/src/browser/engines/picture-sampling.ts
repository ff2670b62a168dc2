// What a shader is told of a part of a picture: the numbers of `preprocess`, axis by axis.

import type { Normalization } from '@ssdlite/backbone';
import type { Placement, Size } from '../../detect/placement.ts';
import { samplingOf } from '../../detect/preprocess.ts';

/** Pairs are (x, y). */
export interface PictureSampling {
  readonly from: readonly [number, number];
  readonly scale: readonly [number, number];
  readonly last: readonly [number, number];
  /** See `Sampling.ends`; -1 where the picture is not mirrored. */
  readonly ends: number;
  /** What of the network's input the picture fills: x, y, width, height. */
  readonly content: readonly [number, number, number, number];
  /** From 0..1, as shaders see channels, to the network's numbers. */
  readonly channelScale: readonly [number, number, number];
  readonly channelShift: readonly [number, number, number];
}

/** How a part of a picture is sampled. */
export function pictureSampling(
  picture: Size,
  { region, content, flip }: Placement,
  { scale, shift }: Normalization,
): PictureSampling {
  const across = samplingOf({
    from: region.x,
    length: region.width,
    limit: picture.width,
    count: content.width,
  });
  const down = samplingOf({
    from: region.y,
    length: region.height,
    limit: picture.height,
    count: content.height,
  });
  const [red, green, blue] = scale;
  return {
    from: [across.from, down.from],
    scale: [across.scale, down.scale],
    last: [across.last, down.last],
    ends: flip ? across.ends : -1,
    content: [content.x, content.y, content.width, content.height],
    channelScale: [red * 255, green * 255, blue * 255],
    channelShift: shift,
  };
}
