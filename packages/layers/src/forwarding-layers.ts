// Layers that hand everything on to another interpreter: what changes or watches a network starts from them.

import type { Conv2dOptions, DepthwiseConv2dOptions, Layers } from './layers.ts';

export class ForwardingLayers<T> implements Layers<T> {
  readonly #to: Layers<T>;

  constructor(to: Layers<T>) {
    this.#to = to;
  }

  conv2d(name: string, x: T, options: Conv2dOptions): T {
    return this.#to.conv2d(name, x, options);
  }

  depthwiseConv2d(name: string, x: T, options: DepthwiseConv2dOptions): T {
    return this.#to.depthwiseConv2d(name, x, options);
  }

  takeChannels(name: string, x: T, options: { readonly channels: readonly number[] }): T {
    return this.#to.takeChannels(name, x, options);
  }

  add(name: string, a: T, b: T): T {
    return this.#to.add(name, a, b);
  }

  globalAveragePool(name: string, x: T): T {
    return this.#to.globalAveragePool(name, x);
  }

  dense(name: string, x: T, options: { readonly units: number }): T {
    return this.#to.dense(name, x, options);
  }

  softmax(name: string, x: T): T {
    return this.#to.softmax(name, x);
  }

  sigmoid(name: string, x: T): T {
    return this.#to.sigmoid(name, x);
  }

  stackRows(name: string, maps: readonly T[], options: { readonly width: number }): T {
    return this.#to.stackRows(name, maps, options);
  }
}
