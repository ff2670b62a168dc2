// What runs a network: the seam between the neutral core and the engines of Node and browser.

import type { Normalization } from '@ssdlite/backbone';
import type { BatchSize, Network, Weights } from '@ssdlite/layers';
import type { Placement, Size } from './detect/placement.ts';
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
  /**
   * The same for pictures that are still where they came from. The engine does on its own device what `preprocess` does.
   *
   * @param parts all of one input size
   */
  runPictures?(
    parts: readonly PicturePart[],
    normalization: Normalization,
  ): Promise<Record<string, Float32Array>>;
  /** Gives memory back. */
  dispose(): Promise<void>;
}

/** A picture that is left where an engine takes it from by itself, for instance in a video element. */
export interface DevicePicture extends Size {
  /** Lets go of it. Harmless when called again. */
  readonly release: () => void;
}

/** A part of a picture, and where it goes in the network's input. */
export interface PicturePart {
  readonly picture: DevicePicture;
  readonly placement: Placement;
}

/** Which engine serves, and why. */
export interface EngineChoice {
  readonly name: string;
  /** One sentence, e.g. `fastest that loads`. */
  readonly reason: string;
  /** Faster engines that did not load, with what to do about it. */
  readonly unavailable: readonly { readonly name: string; readonly why: string }[];
}
