// One pass over recorded steps: forward, and backward for the gradients of every weight (reverse mode).

import {
  type Activation,
  type DepthwiseConv2dOptions,
  type Step,
  type Weights,
  weightOf,
} from '@ssdlite/layers';
import type { Convolution, DeviceTensor, TrainingDevice } from '../device/training-device.ts';

/** How batch norm runs; see `BatchNormConfig`. */
export type BatchNormStatistics = 'batch' | 'frozen';

/** Numbers with a shape, on the host. */
export interface HostTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

type Convolved = Extract<Step['operation'], { readonly kind: 'conv2d' | 'depthwiseConv2d' }>;

/** One pass: every tensor on the device belongs to it, and is released at the latest when it ends. */
export class Pass {
  readonly #device: TrainingDevice;
  readonly #weights: Weights;
  readonly #statistics: BatchNormStatistics;
  readonly #uploaded = new Map<string, DeviceTensor>();
  readonly #values = new Map<number, DeviceTensor>();
  /** Values that no weight leads to: they need no gradient. */
  readonly #constants = new Set<number>();
  /** What a step's backward pass needs besides its inputs and output. */
  readonly #saved = new Map<number, { readonly x: DeviceTensor; readonly more: readonly DeviceTensor[] }>();
  readonly #flowing = new Map<number, DeviceTensor>();
  readonly #gradients = new Map<string, DeviceTensor>();
  readonly #batchStatistics = new Map<string, DeviceTensor>();

  constructor(device: TrainingDevice, weights: Weights, statistics: BatchNormStatistics) {
    this.#device = device;
    this.#weights = weights;
    this.#statistics = statistics;
  }

  start(inputs: ReadonlyMap<number, HostTensor>): void {
    for (const [value, { data, shape }] of inputs) {
      this.#values.set(value, this.#device.upload(data, shape));
      this.#constants.add(value);
    }
  }

  forward(step: Step, value: number): void {
    this.#values.set(value, this.#forward(step, value));
  }

  #forward({ name, operation, inputs }: Step, value: number): DeviceTensor {
    const device = this.#device;
    const tensors = inputs.map((input) => this.#values.get(input) as DeviceTensor);
    const [x, y] = tensors as [DeviceTensor, DeviceTensor];
    switch (operation.kind) {
      case 'conv2d':
      case 'depthwiseConv2d':
        return this.#convolve(name, operation, { x, value });
      case 'takeChannels':
        return device.convolve(x, this.#selection(name, x, operation.channels), pointwise);
      case 'add':
        return device.add(x, y);
      case 'globalAveragePool':
        return device.globalAveragePool(x);
      case 'dense': {
        const product = device.matMul(x, this.#weight(`${name}/kernel`));
        return this.#instead(product, () => device.addBias(product, this.#weight(`${name}/bias`)));
      }
      case 'softmax':
        return device.softmax(x);
      case 'sigmoid':
        return device.sigmoid(x);
      case 'stackRows': {
        const rows = tensors.map((map) => {
          const [batch = 1, ...sides] = map.shape;
          return device.reshape(map, [batch, sizeOfSides(sides) / operation.width, operation.width]);
        });
        const stacked = device.concatRows(rows);
        for (const tensor of rows) device.release(tensor);
        return stacked;
      }
    }
  }

  #convolve(
    name: string,
    operation: Convolved,
    { x, value }: { readonly x: DeviceTensor; readonly value: number },
  ): DeviceTensor {
    const { options } = operation;
    const device = this.#device;
    const convolved = device.convolve(x, this.#weight(`${name}/kernel`), convolutionOf(operation));
    const biased = this.#hasBias(options)
      ? this.#instead(convolved, () => device.addBias(convolved, this.#weight(`${name}/bias`)))
      : convolved;
    const { batchNorm } = options;
    if (!batchNorm || this.#statistics === 'frozen') return this.#activate(biased, options.activation);
    const { y, mean, variance, saved } = device.batchNorm(biased, {
      gamma: this.#weight(`${batchNorm.name}/gamma`),
      beta: this.#weight(`${batchNorm.name}/beta`),
      epsilon: batchNorm.epsilon,
    });
    this.#saved.set(value, { x: biased, more: saved });
    this.#batchStatistics.set(`${batchNorm.name}/moving_mean`, mean);
    this.#batchStatistics.set(`${batchNorm.name}/moving_variance`, variance);
    return this.#activate(y, options.activation);
  }

  /** Frozen batch norm is folded: what was normalised has a bias then. */
  #hasBias({ bias = false, batchNorm }: DepthwiseConv2dOptions): boolean {
    return bias || (batchNorm !== undefined && this.#statistics === 'frozen');
  }

  #activate(x: DeviceTensor, activation: Activation | undefined): DeviceTensor {
    return activation === 'relu6' ? this.#instead(x, () => this.#device.relu6(x)) : x;
  }

  async read<Output extends string>(
    outputs: Readonly<Record<Output, number>>,
  ): Promise<Record<Output, Float32Array>> {
    const read = Object.entries<number>(outputs).map(async ([name, value]) => {
      return [name, await this.#device.read(this.#values.get(value) as DeviceTensor)] as const;
    });
    return Object.fromEntries(await Promise.all(read)) as Record<Output, Float32Array>;
  }

  startBackward(value: number, gradient: Float32Array): void {
    const { shape } = this.#values.get(value) as DeviceTensor;
    this.#flow(value, this.#device.upload(gradient, shape));
  }

  /** Takes the gradient of the step's output, gives it to its inputs and weights; nothing of the step is left on the device. */
  backward(step: Step, value: number): void {
    const dy = this.#flowing.get(value);
    this.#flowing.delete(value);
    if (dy) this.#backward(step, value, dy);
    this.#releaseFrom(this.#values, value);
    const saved = this.#saved.get(value);
    this.#saved.delete(value);
    for (const tensor of saved ? [saved.x, ...saved.more] : []) this.#device.release(tensor);
  }

  /** Releases `dy`, or passes it on. */
  #backward({ name, operation, inputs }: Step, value: number, dy: DeviceTensor): void {
    const device = this.#device;
    const [first = 0, second = 0] = inputs;
    const x = this.#values.get(first) as DeviceTensor;
    const y = this.#values.get(value) as DeviceTensor;
    switch (operation.kind) {
      case 'conv2d':
      case 'depthwiseConv2d':
        this.#convolveBackward(name, operation, { dy, y, value, input: first });
        return;
      case 'takeChannels': {
        const kernel = this.#selection(name, x, operation.channels);
        this.#flow(
          first,
          this.#instead(dy, () =>
            device.convolveInputGradient(dy, kernel, { ...pointwise, inputShape: x.shape }),
          ),
        );
        return;
      }
      case 'add':
        this.#flow(second, device.reshape(dy, dy.shape));
        this.#flow(first, dy);
        return;
      case 'globalAveragePool':
        this.#flow(
          first,
          this.#instead(dy, () => device.globalAveragePoolGradient(dy, x.shape)),
        );
        return;
      case 'dense':
        this.#gradients.set(`${name}/bias`, device.addBiasGradient(dy));
        this.#gradients.set(`${name}/kernel`, device.matMul(x, dy, { transposeA: true }));
        this.#flow(
          first,
          this.#instead(dy, () => device.matMul(dy, this.#weight(`${name}/kernel`), { transposeB: true })),
        );
        return;
      case 'softmax':
        this.#flow(
          first,
          this.#instead(dy, () => device.softmaxGradient(dy, y)),
        );
        return;
      case 'sigmoid':
        this.#flow(
          first,
          this.#instead(dy, () => device.sigmoidGradient(dy, y)),
        );
        return;
      case 'stackRows': {
        let from = 0;
        for (const input of inputs) {
          const { shape } = this.#values.get(input) as DeviceTensor;
          const count = sizeOfSides(shape.slice(1)) / operation.width;
          const rows = device.sliceRows(dy, from, count);
          this.#flow(
            input,
            this.#instead(rows, () => device.reshape(rows, shape)),
          );
          from += count;
        }
        device.release(dy);
        return;
      }
    }
  }

  #convolveBackward(
    name: string,
    operation: Convolved,
    at: {
      readonly dy: DeviceTensor;
      readonly y: DeviceTensor;
      readonly value: number;
      readonly input: number;
    },
  ): void {
    const device = this.#device;
    const { batchNorm, activation } = operation.options;
    let { dy } = at;
    if (activation === 'relu6') {
      const active = dy;
      dy = this.#instead(active, () => device.relu6Gradient(active, at.y));
    }
    const saved = this.#saved.get(at.value);
    if (batchNorm && saved) {
      const normalized = dy;
      const { dx, dgamma, dbeta } = device.batchNormGradient(normalized, {
        x: saved.x,
        gamma: this.#weight(`${batchNorm.name}/gamma`),
        epsilon: batchNorm.epsilon,
        saved: saved.more,
      });
      device.release(normalized);
      this.#gradients.set(`${batchNorm.name}/gamma`, dgamma);
      this.#gradients.set(`${batchNorm.name}/beta`, dbeta);
      dy = dx;
    }
    if (this.#hasBias(operation.options)) this.#gradients.set(`${name}/bias`, device.addBiasGradient(dy));
    const x = this.#values.get(at.input) as DeviceTensor;
    const kernel = this.#weight(`${name}/kernel`);
    const convolution = convolutionOf(operation);
    const gradient = device.convolveKernelGradient(dy, x, { ...convolution, kernelShape: kernel.shape });
    this.#gradients.set(`${name}/kernel`, gradient);
    if (!this.#constants.has(at.input)) {
      this.#flow(at.input, device.convolveInputGradient(dy, kernel, { ...convolution, inputShape: x.shape }));
    }
    device.release(dy);
  }

  /** Gradients that reach a value on several ways are summed up. */
  #flow(value: number, gradient: DeviceTensor): void {
    if (this.#constants.has(value)) {
      this.#device.release(gradient);
      return;
    }
    const other = this.#flowing.get(value);
    if (!other) {
      this.#flowing.set(value, gradient);
      return;
    }
    this.#flowing.set(value, this.#device.add(other, gradient));
    for (const tensor of [other, gradient]) this.#device.release(tensor);
  }

  async results(): Promise<Record<'gradients' | 'statistics', Map<string, Float32Array>>> {
    const read = async (tensors: ReadonlyMap<string, DeviceTensor>): Promise<Map<string, Float32Array>> => {
      const entries = [...tensors].map(async ([name, tensor]) => {
        return [name, await this.#device.read(tensor)] as const;
      });
      return new Map(await Promise.all(entries));
    };
    const [gradients, statistics] = await Promise.all([read(this.#gradients), read(this.#batchStatistics)]);
    return { gradients, statistics };
  }

  end(): void {
    for (const { x, more } of this.#saved.values())
      for (const tensor of [x, ...more]) this.#device.release(tensor);
    this.#saved.clear();
    for (const tensors of [
      this.#values,
      this.#flowing,
      this.#uploaded,
      this.#gradients,
      this.#batchStatistics,
    ]) {
      for (const tensor of tensors.values()) this.#device.release(tensor);
      tensors.clear();
    }
  }

  #weight(name: string): DeviceTensor {
    return this.#upload(name, () => weightOf(this.#weights, name));
  }

  /** Taking channels is a 1 x 1 convolution of zeros and ones: exact, and every device can differentiate it. */
  #selection(name: string, x: DeviceTensor, channels: readonly number[]): DeviceTensor {
    return this.#upload(`${name}/channels`, () => {
      const data = new Float32Array((x.shape[3] ?? 1) * channels.length);
      for (const [to, from] of channels.entries()) data[from * channels.length + to] = 1;
      return { data, shape: [1, 1, x.shape[3] ?? 1, channels.length] };
    });
  }

  #upload(name: string, make: () => HostTensor): DeviceTensor {
    const there = this.#uploaded.get(name);
    if (there) return there;
    const { data, shape } = make();
    const tensor = this.#device.upload(data, shape);
    this.#uploaded.set(name, tensor);
    return tensor;
  }

  #releaseFrom(tensors: Map<number, DeviceTensor>, key: number): void {
    const tensor = tensors.get(key);
    tensors.delete(key);
    if (tensor) this.#device.release(tensor);
  }

  /** The next tensor in place of one that nobody else needs. */
  #instead(tensor: DeviceTensor, next: () => DeviceTensor): DeviceTensor {
    try {
      return next();
    } finally {
      this.#device.release(tensor);
    }
  }
}

const pointwise: Convolution = { kind: 'conv2d', kernelSize: 1, strides: 1, padding: 'same' };

function convolutionOf({ kind, options }: Convolved): Convolution {
  const { kernelSize, strides = 1, padding = 'same' } = options;
  return { kind, kernelSize, strides, padding };
}

function sizeOfSides(sides: readonly number[]): number {
  return sides.reduce((product, side) => product * side, 1);
}
