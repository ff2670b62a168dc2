// The interpreter that writes a network down as a list of steps, for engines that run it many times.

import type { Conv2dOptions, DepthwiseConv2dOptions, Layers, Network } from './layers.ts';

/** What a step computes; its fields are those of the method of `Layers` with that name. */
export type Operation =
  | { readonly kind: 'conv2d'; readonly options: Conv2dOptions }
  | { readonly kind: 'depthwiseConv2d'; readonly options: DepthwiseConv2dOptions }
  | { readonly kind: 'takeChannels'; readonly channels: readonly number[] }
  | { readonly kind: 'add' }
  | { readonly kind: 'globalAveragePool' }
  | { readonly kind: 'dense'; readonly units: number }
  | { readonly kind: 'softmax' }
  | { readonly kind: 'sigmoid' }
  | { readonly kind: 'stackRows'; readonly width: number };

/** One step. Values are numbered: 0 is the image, and step i makes value i + 1. */
export interface Step {
  readonly name: string;
  readonly operation: Operation;
  readonly inputs: readonly number[];
  /** Values that no later step and no output needs, so that their memory can be given back. */
  readonly lastUses: readonly number[];
}

export interface Steps {
  readonly steps: readonly Step[];
  /** Number of the value, by output name. */
  readonly outputs: Readonly<Record<string, number>>;
}

/** Writes a network down, with the step after which each value is no longer needed. */
export function toSteps(network: Network): Steps {
  const recorder = new Recorder();
  const outputs = network.build(recorder, 0);
  const lastUse = new Map<number, number>();
  for (const [index, { inputs }] of recorder.steps.entries()) {
    lastUse.set(index + 1, index);
    for (const value of inputs) lastUse.set(value, index);
  }
  for (const value of Object.values(outputs)) lastUse.delete(value);
  const steps = recorder.steps.map((step, index) => ({
    ...step,
    lastUses: [...lastUse].filter(([, last]) => last === index).map(([value]) => value),
  }));
  return { steps, outputs };
}

/** Says one step again, to another interpreter: a part of a recorded network is a network too. */
export function playStep<T>(layers: Layers<T>, { name, operation }: Step, inputs: readonly T[]): T {
  const [x, y] = inputs as [T, T];
  switch (operation.kind) {
    case 'conv2d':
      return layers.conv2d(name, x, operation.options);
    case 'depthwiseConv2d':
      return layers.depthwiseConv2d(name, x, operation.options);
    case 'takeChannels':
      return layers.takeChannels(name, x, operation);
    case 'add':
      return layers.add(name, x, y);
    case 'dense':
      return layers.dense(name, x, operation);
    case 'stackRows':
      return layers.stackRows(name, inputs, operation);
    case 'globalAveragePool':
    case 'softmax':
    case 'sigmoid':
      return layers[operation.kind](name, x);
  }
}

class Recorder implements Layers<number> {
  readonly steps: Omit<Step, 'lastUses'>[] = [];

  conv2d(name: string, x: number, options: Conv2dOptions): number {
    return this.#step(name, { kind: 'conv2d', options }, x);
  }

  depthwiseConv2d(name: string, x: number, options: DepthwiseConv2dOptions): number {
    return this.#step(name, { kind: 'depthwiseConv2d', options }, x);
  }

  takeChannels(name: string, x: number, { channels }: { readonly channels: readonly number[] }): number {
    return this.#step(name, { kind: 'takeChannels', channels }, x);
  }

  add(name: string, a: number, b: number): number {
    return this.#step(name, { kind: 'add' }, a, b);
  }

  globalAveragePool(name: string, x: number): number {
    return this.#step(name, { kind: 'globalAveragePool' }, x);
  }

  dense(name: string, x: number, { units }: { readonly units: number }): number {
    return this.#step(name, { kind: 'dense', units }, x);
  }

  softmax(name: string, x: number): number {
    return this.#step(name, { kind: 'softmax' }, x);
  }

  sigmoid(name: string, x: number): number {
    return this.#step(name, { kind: 'sigmoid' }, x);
  }

  stackRows(name: string, maps: readonly number[], { width }: { readonly width: number }): number {
    return this.#step(name, { kind: 'stackRows', width }, ...maps);
  }

  #step(name: string, operation: Operation, ...inputs: number[]): number {
    return this.steps.push({ name, operation, inputs });
  }
}
