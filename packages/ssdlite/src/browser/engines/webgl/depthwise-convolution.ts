// Depthwise convolutions on WebGL, over packed textures as they lie: a texel holds two channels of two pixels, and each is read once
// for the two pixels that are made of it.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionInputs, runConvolution, texelsFor } from './packed-shader.ts';

/** How a kernel moves along a row of pixels. */
interface Walk {
  readonly kernelSize: number;
  readonly strides: number;
  /** Zeros before the first pixel. */
  readonly before: number;
}

/**
 * @param inputs kernel: `[k, k, channels, 1]`
 * @param options.info strides, padding and sizes, as TensorFlow.js has them
 */
export function depthwiseConvolution(
  backend: MathBackendWebGL,
  { kernel, ...inputs }: ConvolutionInputs,
  { info, activation }: { readonly info: backend_util.Conv2DInfo; readonly activation: string },
): TensorInfo {
  const { filterHeight: kernelSize, strideHeight: strides, inChannels, padInfo, outShape } = info;
  // The same numbers in the same order, so that a texel holds two channels of two taps.
  const taps = { ...kernel, shape: [kernelSize * kernelSize, inChannels] };
  const uniforms = {
    top: padInfo.top,
    height: info.inHeight,
    width: info.inWidth,
    outHeight: info.outHeight,
    outAcross: texelsFor(info.outWidth),
  };
  const code = codeOf({ kernelSize, strides, before: padInfo.left });
  return runConvolution(
    backend,
    { ...inputs, kernel: taps },
    { outputShape: outShape, uniforms, activation, code },
  );
}

function codeOf(walk: Walk): string {
  const { kernelSize, strides } = walk;
  const { first, count } = texelsOf(walk);
  const each = (length: number, line: (index: number) => string): string =>
    Array.from({ length }, (_, index) => line(index)).join('');
  return `
    int line = row / outAcross;
    int image = line / outHeight;
    int y = (line - image * outHeight) * ${strides} - top;
    int across = (width + 1) / 2;
    int start = (row - line * outAcross) * ${strides} + ${first};
    ${each(count, (texel) => maskOf(texel))}
    ${each(texelsFor(kernelSize * kernelSize), (pair) => `vec4 weights${pair} = kernelTexel(${pair}, column);`)}
    ${each(kernelSize, (tapRow) => rowOf(walk, tapRow))}`;
}

/** Texels of a row that are read, counted from where that of the first of the two pixels would lie at stride 1 without zeros. */
function texelsOf({ kernelSize, strides, before }: Walk): { readonly first: number; readonly count: number } {
  const first = Math.floor(-before / 2);
  return { first, count: Math.floor((strides + kernelSize - 1 - before) / 2) - first + 1 };
}

/** Beyond the border are zeros; a row of odd width ends in half a texel, of which the rest may hold anything. */
function maskOf(texel: number): string {
  return `
    int texel${texel} = start + ${texel};
    bool isThere${texel} = texel${texel} >= 0 && texel${texel} < across;
    bvec2 isPixel${texel} = bvec2(isThere${texel}, isThere${texel} && 2 * texel${texel} + 1 < width);
    vec4 mask${texel} = vec2(isPixel${texel}).xxyy;`;
}

function rowOf(walk: Walk, tapRow: number): string {
  const { kernelSize } = walk;
  const reads = Array.from(
    { length: texelsOf(walk).count },
    (_, texel) => `
      vec4 x${texel} = xTexel(pixels + ${texel}, column) * mask${texel};`,
  );
  const taps = Array.from({ length: kernelSize }, (_, tapColumn) => {
    const tap = tapRow * kernelSize + tapColumn;
    const weights = `weights${Math.floor(tap / 2)}.${tap % 2 === 0 ? 'xyxy' : 'zwzw'}`;
    return `
      sum += vec4(${pixelOf(walk, tapColumn, 0)}, ${pixelOf(walk, tapColumn, 1)}) * ${weights};`;
  });
  return `
    if (y >= 0 && y < height) {
      int pixels = (image * height + y) * across + start;${reads.join('')}${taps.join('')}
    }
    y++;`;
}

/** What a tap reads for one of the two pixels: a half of a texel. */
function pixelOf(walk: Walk, tapColumn: number, pixel: number): string {
  const distance = walk.strides * pixel + tapColumn - walk.before;
  const texel = Math.floor(distance / 2);
  return `x${texel - texelsOf(walk).first}.${distance === 2 * texel ? 'xy' : 'zw'}`;
}
