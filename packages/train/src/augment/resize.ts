// A picture at the size of the network's input, by the rule that the detector has: TensorFlow 1's bilinear resize.

import { place, preprocess } from 'ssdlite';
import type { SamplePixels } from '../sample.ts';

/** Values stay in 0 to 255. */
const asTheyAre = { scale: [1, 1, 1], shift: [0, 0, 0] } as const;

/**
 * Resizes a picture; its shape is not kept. The detector's own preprocessing of the result changes nothing more than the range.
 *
 * @param size pixels
 */
export function resize(
  { data, height, width }: SamplePixels,
  size: { readonly height: number; readonly width: number },
): SamplePixels & { readonly data: Float32Array } {
  const target = new Float32Array(size.height * size.width * 3);
  const region = { x: 0, y: 0, width, height };
  preprocess(
    { data, height, width, channels: 3 },
    {
      placement: place(region, { input: size, letterbox: false }),
      layout: 'nhwc',
      normalization: asTheyAre,
      target,
      offset: 0,
    },
  );
  return { data: target, ...size };
}
