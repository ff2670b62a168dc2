// What the importer makes of a graph: convolutions with all that follows them folded in, and the maps between them.

/** A feature map that flows between convolutions. */
export interface FeatureMap {
  /** Name of the graph's node where the map is complete. */
  readonly name: string;
  /** What makes it: a convolution, or the sum of two maps. `undefined` for the image. Set once, when both are known. */
  from: Convolution | MapSum | undefined;
  /** Convolutions that read it, in the graph's order. */
  readonly readers: Convolution[];
  /** Sums that it goes into. */
  readonly sums: MapSum[];
}

export interface MapSum {
  readonly parts: readonly [FeatureMap, FeatureMap];
  readonly output: FeatureMap;
}

/** Zeros around the input: TensorFlow's rule, none, or given ones. */
export type GraphPadding = 'SAME' | 'VALID' | { readonly before: number; readonly after: number };

/** A convolution of the graph: y = activation(conv(x, kernel) * scale + offset), with one scale and offset per output channel. */
export interface Convolution {
  /** Name of the graph's convolution node. */
  readonly name: string;
  readonly kind: 'Conv2D' | 'DepthwiseConv2D';
  readonly input: FeatureMap;
  readonly kernel: { readonly shape: readonly number[]; readonly data: Float64Array };
  readonly channels: number;
  readonly strides: number;
  readonly padding: GraphPadding;
  readonly scale: Float64Array | undefined;
  readonly offset: Float64Array | undefined;
  readonly activation: 'linear' | 'relu6';
  readonly output: FeatureMap;
  /** Names of the constants in it. */
  readonly sources: readonly string[];
}
