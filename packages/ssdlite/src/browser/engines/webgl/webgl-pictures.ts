// Pictures on WebGL: uploaded as they are, resized by a shader that repeats `preprocess`.

import type { Normalization } from '@ssdlite/backbone';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl/dist/gpgpu_math.js';
import { TextureUsage } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Placement } from '../../../detect/placement.ts';
import type { BrowserPicture, DeviceCopy } from '../../browser-picture.ts';
import { readError } from '../../pixel-reader.ts';
import { pictureSampling } from '../picture-sampling.ts';

interface TextureCopy extends DeviceCopy {
  /** `[height, width]`, its texture holding RGBA bytes. */
  readonly tensor: TensorInfo;
}

/** See-through parts lie on white, as when a picture is drawn on a page. */
const shader = `
  vec3 pixelAt(int x, int y) {
    vec4 color = texelFetch(A, ivec2(x, y), 0);
    return color.rgb * color.a + (1.0 - color.a);
  }

  void main() {
    ivec4 coords = getOutputCoords();
    ivec2 at = coords.zy - content.xy;
    if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, content.zw))) {
      setOutput(0.0);
      return;
    }
    vec2 source = from + vec2(at) * scale;
    ivec2 low = min(ivec2(floor(source)), last);
    ivec2 high = min(low + 1, last);
    vec2 part = source - vec2(low);
    if (ends >= 0) {
      low.x = ends - low.x;
      high.x = ends - high.x;
    }
    vec3 top = mix(pixelAt(low.x, low.y), pixelAt(high.x, low.y), part.x);
    vec3 bottom = mix(pixelAt(low.x, high.y), pixelAt(high.x, high.y), part.x);
    vec3 color = mix(top, bottom, part.y) * channelScale + channelShift;
    setOutput(coords.w == 0 ? color.r : coords.w == 1 ? color.g : color.b);
  }
`;

const customUniforms: NonNullable<GPGPUProgram['customUniforms']> = [
  { name: 'from', type: 'vec2' },
  { name: 'scale', type: 'vec2' },
  { name: 'last', type: 'ivec2' },
  { name: 'ends', type: 'int' },
  { name: 'content', type: 'ivec4' },
  { name: 'channelScale', type: 'vec3' },
  { name: 'channelShift', type: 'vec3' },
];

/**
 * Resizes a part of a picture into the network's input.
 *
 * @returns `[1, height, width, 3]`
 */
export function placeOnWebgl(
  backend: MathBackendWebGL,
  { picture, placement }: { readonly picture: BrowserPicture; readonly placement: Placement },
  normalization: Normalization,
): TensorInfo {
  const { tensor } = picture.copyOn(backend, () => upload(backend, picture));
  const { height, width } = placement.input;
  const program: GPGPUProgram = {
    variableNames: ['A'],
    outputShape: [1, height, width, 3],
    userCode: shader,
    customUniforms,
    // One shader for all picture sizes.
    enableShapeUniforms: true,
  };
  const { from, scale, last, ends, content, channelScale, channelShift } = pictureSampling(
    picture,
    placement,
    normalization,
  );
  const values = [from, scale, last, [ends], content, channelScale, channelShift].map((value) => [...value]);
  return backend.runWebGLProgram(program, [tensor], 'float32', values);
}

function upload(backend: MathBackendWebGL, { drawable, width, height }: BrowserPicture): TextureCopy {
  const tensor = backend.makeTensorInfo([height, width], 'int32');
  backend.texData.get(tensor.dataId).usage = TextureUsage.PIXELS;
  try {
    const texture = backend.getTexture(tensor.dataId);
    // Its type leaves out what it passes to WebGL just the same.
    backend.gpgpu.uploadPixelDataToTexture(texture, drawable.source as ImageBitmap);
  } catch (cause) {
    backend.disposeData(tensor.dataId);
    throw readError(cause, { width, height });
  }
  return { tensor, free: () => backend.disposeData(tensor.dataId) };
}
