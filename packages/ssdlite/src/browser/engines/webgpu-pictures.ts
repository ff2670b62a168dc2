// Pictures on WebGPU: copied to a texture, resized by a compute shader that repeats `preprocess`.

import type { Normalization } from '@ssdlite/backbone';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Placement } from '../../detect/placement.ts';
import type { BrowserPicture, DeviceCopy } from '../browser-picture.ts';
import { readError } from '../pixel-reader.ts';
import { pictureSampling } from './picture-sampling.ts';

interface TextureCopy extends DeviceCopy {
  readonly texture: GPUTexture;
}

const workgroup = 8;

/** See-through parts lie on white, as when a picture is drawn on a page; the texture's colours are multiplied by alpha. */
const shader = `
  struct Uniforms {
    origin: vec2f,
    scale: vec2f,
    last: vec2i,
    input: vec2i,
    content: vec4i,
    channelScale: vec3f,
    ends: i32,
    channelShift: vec3f,
  }

  @group(0) @binding(0) var picture: texture_2d<f32>;
  @group(0) @binding(1) var<storage, read_write> result: array<f32>;
  @group(0) @binding(2) var<uniform> uniforms: Uniforms;

  fn pixelAt(x: i32, y: i32) -> vec3f {
    let color = textureLoad(picture, vec2i(x, y), 0);
    return color.rgb + (1.0 - color.a);
  }

  @compute @workgroup_size(${workgroup}, ${workgroup})
  fn main(@builtin(global_invocation_id) id: vec3u) {
    let to = vec2i(id.xy);
    if (any(to >= uniforms.input)) { return; }
    let index = (to.y * uniforms.input.x + to.x) * 3;
    let at = to - uniforms.content.xy;
    var color = vec3f(0.0);
    if (all(at >= vec2i(0)) && all(at < uniforms.content.zw)) {
      let source = uniforms.origin + vec2f(at) * uniforms.scale;
      var low = min(vec2i(floor(source)), uniforms.last);
      var high = min(low + 1, uniforms.last);
      let part = source - vec2f(low);
      if (uniforms.ends >= 0) {
        low.x = uniforms.ends - low.x;
        high.x = uniforms.ends - high.x;
      }
      let top = mix(pixelAt(low.x, low.y), pixelAt(high.x, low.y), part.x);
      let bottom = mix(pixelAt(low.x, high.y), pixelAt(high.x, high.y), part.x);
      color = mix(top, bottom, part.y) * uniforms.channelScale + uniforms.channelShift;
    }
    result[index] = color.r;
    result[index + 1] = color.g;
    result[index + 2] = color.b;
  }
`;

/** Resizes pictures on one device. */
export class WebgpuPictures {
  readonly #backend: WebGPUBackend;
  readonly #pipeline: GPUComputePipeline;

  constructor(backend: WebGPUBackend) {
    this.#backend = backend;
    const module = backend.device.createShaderModule({ code: shader });
    this.#pipeline = backend.device.createComputePipeline({ layout: 'auto', compute: { module } });
  }

  /**
   * Resizes a part of a picture into the network's input.
   *
   * @returns `[1, height, width, 3]`
   */
  place(
    { picture, placement }: { readonly picture: BrowserPicture; readonly placement: Placement },
    normalization: Normalization,
  ): TensorInfo {
    const { device } = this.#backend;
    const { texture } = picture.copyOn(this.#backend, () => this.#upload(picture));
    const { height, width } = placement.input;
    const tensor = this.#backend.makeTensorInfo([1, height, width, 3], 'float32');
    this.#backend.uploadToGPU(tensor.dataId);
    const result = this.#backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
    const uniforms = device.createBuffer({
      size: 96,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(uniforms, 0, uniformBytes({ picture, placement }, normalization));
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: this.#pipeline.getBindGroupLayout(0),
        entries: [
          { binding: 0, resource: texture.createView() },
          { binding: 1, resource: { buffer: result } },
          { binding: 2, resource: { buffer: uniforms } },
        ],
      }),
    );
    pass.dispatchWorkgroups(Math.ceil(width / workgroup), Math.ceil(height / workgroup));
    pass.end();
    // The kernels are submitted after it.
    device.queue.submit([encoder.finish()]);
    uniforms.destroy();
    return tensor;
  }

  #upload({ drawable, width, height }: BrowserPicture): TextureCopy {
    const { device } = this.#backend;
    const texture = device.createTexture({
      size: [width, height],
      format: 'rgba8unorm',
      usage: GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.TEXTURE_BINDING,
    });
    try {
      device.queue.copyExternalImageToTexture(
        { source: drawable.source },
        { texture, premultipliedAlpha: true },
        [width, height],
      );
    } catch (cause) {
      texture.destroy();
      throw readError(cause, { width, height });
    }
    return { texture, free: () => texture.destroy() };
  }
}

/** As the shader's `Uniforms` lie in memory. */
function uniformBytes(
  { picture, placement }: { readonly picture: BrowserPicture; readonly placement: Placement },
  normalization: Normalization,
): ArrayBuffer {
  const { from, scale, last, ends, content, channelScale, channelShift } = pictureSampling(
    picture,
    placement,
    normalization,
  );
  const bytes = new ArrayBuffer(96);
  const floats = new Float32Array(bytes);
  const integers = new Int32Array(bytes);
  floats.set([...from, ...scale], 0);
  integers.set([...last, placement.input.width, placement.input.height, ...content], 4);
  floats.set(channelScale, 12);
  integers[15] = ends;
  floats.set(channelShift, 16);
  return bytes;
}
