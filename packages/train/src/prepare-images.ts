// Pictures of a batch to the network's input, by the detector's own rule.

import { minusOneToOne } from '@ssdlite/backbone';
import { type InputLayout, place, preprocess, type Size } from 'ssdlite';
import type { Sample } from './sample.ts';

/**
 * Resizes pictures to the input's size, and their numbers to -1 to 1.
 *
 * @returns `[batch, height, width, 3]`, or `[batch, 3, height, width]`
 */
export function prepareImages(
  samples: readonly Sample[],
  { input, layout }: { readonly input: Size; readonly layout: InputLayout },
): Float32Array {
  const length = input.height * input.width * 3;
  const target = new Float32Array(samples.length * length);
  for (const [index, { pixels }] of samples.entries()) {
    const { width, height } = pixels;
    const placement = place({ x: 0, y: 0, width, height }, { input, letterbox: false });
    preprocess(
      { ...pixels, channels: 3 },
      { placement, layout, normalization: minusOneToOne, target, offset: index * length },
    );
  }
  return target;
}
