// A network that also puts out what its convolutions make on the way.

import { ForwardingLayers } from '../forwarding-layers.ts';
import type { Conv2dOptions, DepthwiseConv2dOptions, Layers, Network } from '../layers.ts';

/**
 * The network with one output per convolution, by the convolution's name, in place of its own.
 *
 * @param kind which of them. Default: all
 */
export function innerOutputs(network: Network, kind?: 'conv2d' | 'depthwiseConv2d'): Network {
  return {
    input: network.input,
    build<T>(layers: Layers<T>, image: T) {
      const noting = new NotingLayers(layers, kind);
      network.build(noting, image);
      return noting.made;
    },
  };
}

class NotingLayers<T> extends ForwardingLayers<T> {
  readonly made: Record<string, T> = {};
  readonly #kind: 'conv2d' | 'depthwiseConv2d' | undefined;

  constructor(layers: Layers<T>, kind: 'conv2d' | 'depthwiseConv2d' | undefined) {
    super(layers);
    this.#kind = kind;
  }

  override conv2d(name: string, x: T, options: Conv2dOptions): T {
    return this.#note('conv2d', name, super.conv2d(name, x, options));
  }

  override depthwiseConv2d(name: string, x: T, options: DepthwiseConv2dOptions): T {
    return this.#note('depthwiseConv2d', name, super.depthwiseConv2d(name, x, options));
  }

  #note(kind: 'conv2d' | 'depthwiseConv2d', name: string, map: T): T {
    if (this.#kind === undefined || this.#kind === kind) this.made[name] = map;
    return map;
  }
}
