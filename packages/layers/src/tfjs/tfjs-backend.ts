// TensorFlow.js kernels called by hand, so that no global "current backend" is read or changed.

import type {
  DataId,
  KernelBackend,
  KernelConfig,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import { SsdliteError } from '../error.ts';
import type { Activation } from '../layers.ts';
import type { KernelBlocks } from '../weights/weights.ts';

/** The module `@tensorflow/tfjs-core`, or one that re-exports it. */
export type Tfjs = typeof import('@tensorflow/tfjs-core');

/** Convolutions of single pixels, by kernels that lie on the device as they came. */
export interface PixelProducts {
  /** Fewest outputs of a kernel. */
  readonly minOutputs: number;
  /** Puts an int8 kernel `[1, 1, inputs, outputs]` on the device; the caller releases it. Those of float32 are uploaded like all tensors. */
  uploadInt8(kernel: KernelBlocks): TensorInfo;
  /** Multiplies the pixels of `[batch, height, width, inputs]`, adds the bias and applies the activation. */
  multiply(product: {
    readonly x: TensorInfo;
    readonly kernel: TensorInfo;
    /** Whether the kernel comes from `uploadInt8`. */
    readonly isInt8: boolean;
    readonly bias: TensorInfo;
    readonly inputs: number;
    readonly outputs: number;
    readonly activation: Activation;
  }): TensorInfo;
}

/** One backend of one copy of TensorFlow.js. */
export interface TfjsBackend {
  readonly name: string;
  /**
   * Whether its fused kernels can be called by hand. Those of tfjs-node (`tensorflow`) are made of TensorFlow.js' global ops.
   */
  readonly fuses: boolean;
  /**
   * Whether convolutions of single pixels are called as products of matrices. WebAssembly's convolution has to turn its weights around
   * before the first run, its product takes them as they are.
   */
  readonly multipliesPixels: boolean;
  /** Undefined where int8 kernels are decoded before they are uploaded, and convolutions of single pixels are kernels like the others. */
  readonly pixelProducts: PixelProducts | undefined;
  /** Runs a kernel of this backend, e.g. `FusedConv2D`. */
  run(
    kernel: string,
    inputs: Readonly<Record<string, TensorInfo | undefined>> | readonly TensorInfo[],
    attributes: Readonly<Record<string, unknown>>,
  ): TensorInfo;
  /** Puts float32 data on the device; the caller releases it. */
  upload(data: Float32Array, shape: readonly number[]): TensorInfo;
  /** Puts whole numbers on the device as an int32 vector; the caller releases it. */
  uploadIndices(indices: readonly number[]): TensorInfo;
  /** Float32 data back from the device. Asynchronous throughout: synchronous reads give zeros on WebGPU. */
  read(tensor: TensorInfo): Promise<Float32Array>;
  release(tensor: TensorInfo): void;
}

const pending = new WeakMap<object, Map<string, Promise<KernelBackend>>>();

/**
 * Gets a registered backend, and makes it if the program has not yet, without making it the current one.
 *
 * TensorFlow.js makes one instance per backend and its kernels keep hold of it, so the instance is shared with the rest of the
 * program: the one that is there is used, and the one that is made here is left for others to find.
 *
 * @throws SsdliteError `ENGINE_UNAVAILABLE` if the backend is not registered or does not start
 */
export async function tfjsBackend(tf: Tfjs, name: string): Promise<TfjsBackend> {
  const backend = tf.engine().registry[name] ?? (await start(tf, name));
  return {
    ...kernelBackend({ name, backend, kernelOf: (kernel) => tf.getKernel(kernel, name) }),
    release(tensor) {
      // tfjs-node's kernels give tensors that the global engine counts; those of the other backends are plain.
      if (tensor instanceof tf.Tensor) tensor.dispose();
      else backend.disposeData(tensor.dataId);
    },
  };
}

/**
 * A backend with kernels that the caller brings: nothing is registered with TensorFlow.js, or looked up there.
 *
 * @param options.kernelOf the backend's kernel of that name, e.g. `FusedConv2D`
 * @param options.pixelProducts what it has of its own for convolutions of single pixels
 */
export function kernelBackend(options: {
  readonly name: string;
  readonly backend: KernelBackend;
  readonly kernelOf: (kernel: string) => KernelConfig | undefined;
  readonly pixelProducts?: PixelProducts | undefined;
}): TfjsBackend {
  const { name, backend, kernelOf, pixelProducts } = options;
  return {
    name,
    pixelProducts,
    fuses: name !== 'tensorflow',
    multipliesPixels: name === 'wasm',
    run(kernel, inputs, attributes) {
      const config = kernelOf(kernel);
      if (!config) {
        throw new SsdliteError(
          'ENGINE_FAILED',
          `The TensorFlow.js backend '${name}' has no kernel '${kernel}'.`,
          {
            value: kernel,
            next: 'Use another engine, or one version for all @tensorflow packages.',
          },
        );
      }
      const output = config.kernelFunc({
        inputs: inputs as NamedTensorInfoMap,
        attrs: attributes as unknown as NamedAttrMap,
        backend,
      });
      return Array.isArray(output) ? (output[0] as TensorInfo) : output;
    },
    upload(data, shape) {
      const dataId: DataId = backend.write(data, [...shape], 'float32');
      return { dataId, shape: [...shape], dtype: 'float32' };
    },
    uploadIndices(indices) {
      const dataId: DataId = backend.write(Int32Array.from(indices), [indices.length], 'int32');
      return { dataId, shape: [indices.length], dtype: 'int32' };
    },
    async read(tensor) {
      // A copy: some backends hand out a view of memory that they will use again.
      return new Float32Array((await backend.read(tensor.dataId)) as Float32Array);
    },
    release(tensor) {
      backend.disposeData(tensor.dataId);
    },
  };
}

function start(tf: Tfjs, name: string): Promise<KernelBackend> {
  const starting = pending.get(tf.engine()) ?? new Map<string, Promise<KernelBackend>>();
  pending.set(tf.engine(), starting);
  const started = starting.get(name) ?? make(tf, name).finally(() => starting.delete(name));
  starting.set(name, started);
  return started;
}

async function make(tf: Tfjs, name: string): Promise<KernelBackend> {
  const factory = tf.findBackendFactory(name);
  if (!factory) {
    throw new SsdliteError('ENGINE_UNAVAILABLE', `TensorFlow.js has no backend '${name}'.`, {
      value: name,
      next: `Import its package (for instance @tensorflow/tfjs-backend-${name}) with the same copy of @tensorflow/tfjs-core.`,
    });
  }
  const backend = await factory();
  // Somebody else may have started it meanwhile: then theirs is the one that the kernels know.
  const other = tf.engine().registry[name];
  if (other) {
    backend.dispose();
    return other;
  }
  tf.engine().registry[name] = backend;
  for (const kernel of tf.getKernelsForBackend(name)) kernel.setupFunc?.(backend);
  return backend;
}
