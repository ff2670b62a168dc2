// A picture to measure with where the user has none at hand: encoded, so that reading it is measured too.

import sharp from 'sharp';

const size = { width: 640, height: 480 } as const;

/** A JPEG of 640 x 480 pixels, always the same: soft colours under fine grain, some 100 kB, as photos of that size have. */
export function madeUpPhoto(): Promise<Buffer> {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 3);
  let noise = 1;
  for (let index = 0; index < data.length; index++) {
    const pixel = Math.floor(index / 3);
    const x = (pixel % width) / width;
    const y = Math.floor(pixel / width) / height;
    // A linear congruential generator (Numerical Recipes): any noise will do, as long as it is always the same.
    noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
    const soft = 128 + 90 * Math.sin(7 * x + 2 * (index % 3)) * Math.cos(5 * y);
    data[index] = soft + (noise >>> 27);
  }
  return sharp(data, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}
