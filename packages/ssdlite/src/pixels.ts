// A decoded picture: what every input becomes before it is resized.

/** 8-bit sRGB pixels, row by row from the top left, channels interleaved. */
export interface Pixels {
  /** width * height * channels numbers, 0 to 255. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGBA (alpha is ignored: composite it before). */
  readonly channels: 1 | 3 | 4;
}
