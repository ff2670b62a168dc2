// What runs a network: the seam between the neutral core and the engines of Node and browser.

import type { BatchSize, Network, Weights } from '@ssdlite/layers';
import type { InputLayout } from './detect/preprocess.ts';

/** An engine that is loaded; it compiles networks, each of which then runs on its own. */
export interface Engine {
  /** For instance `onnxruntime-node` or `tfjs-wasm`. */
  readonly name: string;
  /** Order of numbers that its programs want. */
  readonly inputLayout: InputLayout;
  /** @param weights with batch norm folded */
  compile(network: Network, weights: Weights): Promise<Program>;
}

/** A network with its weights on an engine. Runs may overlap in time. */
export interface Program {
  /**
   * Runs the network.
   *
   * @param image inputs in the engine's layout, one after the other; not changed, and not to be changed until it is done
   * @param size need not be the network's own
   * @returns float32 data by output name, the batch axis first
   */
  run(image: Float32Array, size: BatchSize): Promise<Record<string, Float32Array>>;
  /** Gives memory back. */
  dispose(): Promise<void>;
}

/** Which engine serves, and why. */
export interface EngineChoice {
  readonly name: string;
  /** One sentence, e.g. `fastest that loads`. */
  readonly reason: string;
  /** Faster engines that did not load, with what to do about it. */
  readonly unavailable: readonly { readonly name: string; readonly why: string }[];
}
