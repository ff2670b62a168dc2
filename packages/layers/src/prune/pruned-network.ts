// A network with fewer channels than its definition says: the same layers by the same names, some of them narrower.

import { SsdliteError } from '../error.ts';
import { ForwardingLayers } from '../forwarding-layers.ts';
import type { Conv2dOptions, DepthwiseConv2dOptions, Layers, Network } from '../layers.ts';

/** What is left of a convolution. */
export interface PrunedLayer {
  /** Output channels that are left; of depthwise convolutions they follow from what these read. */
  readonly filters?: number;
  /** The channels that it reads, counted in what is left of its input. Default: all of them. */
  readonly reads?: readonly number[];
}

/** The convolutions that changed, by name. As plain JSON, it is part of an architecture. */
export type PrunedLayers = Readonly<Record<string, PrunedLayer>>;

/**
 * A network whose convolutions have the channels that `pruned` leaves them. It is written in the same vocabulary, so that every
 * interpreter takes it; where a layer reads a part of a map that others read whole, it does so by a layer `NAME_reads`.
 *
 * @throws SsdliteError `NETWORK_INVALID` when it is built, if `pruned` names a layer that the network does not have
 * @example
 * prunedNetwork(network, { class_head_5_depthwise: { reads: [0, 2, 3] }, extra_4_project: { filters: 106 } });
 */
export function prunedNetwork<Output extends string>(
  network: Network<Output>,
  pruned: PrunedLayers,
): Network<Output> {
  return {
    input: network.input,
    build<T>(layers: Layers<T>, image: T) {
      const narrowed = new NarrowedLayers(layers, pruned);
      const outputs = network.build(narrowed, image);
      const unknown = Object.keys(pruned).find((name) => !narrowed.built.has(name));
      if (unknown === undefined) return outputs;
      throw new SsdliteError('NETWORK_INVALID', `The network has no convolution '${unknown}' to prune.`, {
        value: unknown,
        next: 'Use the list of pruned layers that belongs to this architecture.',
      });
    },
  };
}

class NarrowedLayers<T> extends ForwardingLayers<T> {
  readonly built = new Set<string>();
  readonly #pruned: PrunedLayers;

  constructor(layers: Layers<T>, pruned: PrunedLayers) {
    super(layers);
    this.#pruned = pruned;
  }

  override conv2d(name: string, x: T, options: Conv2dOptions): T {
    const { filters = options.filters } = this.#of(name);
    return super.conv2d(name, this.#read(name, x), { ...options, filters });
  }

  override depthwiseConv2d(name: string, x: T, options: DepthwiseConv2dOptions): T {
    return super.depthwiseConv2d(name, this.#read(name, x), options);
  }

  #of(name: string): PrunedLayer {
    this.built.add(name);
    return Object.hasOwn(this.#pruned, name) ? (this.#pruned[name] ?? {}) : {};
  }

  #read(name: string, x: T): T {
    const { reads } = this.#of(name);
    return reads ? this.takeChannels(`${name}_reads`, x, { channels: reads }) : x;
  }
}
