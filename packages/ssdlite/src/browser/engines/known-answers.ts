// A built-in picture, and what known weights answer to it.

import type { Size } from '../../detect/placement.ts';
import type { InputLayout } from '../../detect/preprocess.ts';

/** Some of the numbers that a network gives for the {@link testPattern}. */
export interface KnownAnswer {
  /** Of the picture, in pixels: other sizes have other answers. */
  readonly size: Size;
  /** Distance between the anchors that are looked at, the first being 0. */
  readonly step: number;
  /** Of each such anchor, the number in column `place * 37 % columns` of its logits. */
  readonly logits: readonly number[];
  /** And number `place % 4` of its box code. */
  readonly boxes: readonly number[];
}

/** By the sha256 of the weights file. `test/known-answers.test.ts` holds them to what Node computes. */
export const knownAnswers: ReadonlyMap<string, KnownAnswer> = new Map([
  [
    // ssdlite-mobilenet-v2-coco
    '493120c7a281f21770f4b1e66c78e5e68287f6c65bf3f50675d6892834d8a8aa',
    {
      size: { height: 300, width: 300 },
      step: 71,
      logits: [
        3, -9.29, -11.84, -12.62, -6.98, -7.63, -11.24, -10.4, -11.69, -14.05, -7.03, -10.46, -12.66, -12.09,
        -9.21, -10.19, -12.21, -12.19, -11.34, -12.52, -12.02, -8.81, -10.02, -9.65, -10.71, -8.36, -8.67,
      ],
      boxes: [
        0.52, -0.08, 0.71, 1.6, 1.2, -0.27, -4.41, 1.47, -0.06, 0.06, -1.05, -0.13, 1.34, 0.02, 0.11, 0.9,
        2.06, 1.3, 0.96, 1.13, -0.07, -0.48, -0.02, 0.75, 0.9, 1.58, -0.46,
      ],
    },
  ],
]);

/** A picture without a file: bands that cross each other, -1 to 1. */
export function testPattern({ height, width }: Size, layout: InputLayout): Float32Array {
  const values = new Float32Array(height * width * 3);
  const [step, plane] = layout === 'nchw' ? [1, height * width] : [3, 1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const band = (x * (channel + 2) + y * (7 - channel) + ((x * y) >> 6)) % 256;
        values[(y * width + x) * step + channel * plane] = band / 127.5 - 1;
      }
    }
  }
  return values;
}
