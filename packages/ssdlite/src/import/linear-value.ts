// A value on its way from a convolution to a finished map: scaled, shifted and added to, in whatever order a graph has it.

import { SsdliteError } from '@ssdlite/layers';
import type { Convolution, FeatureMap } from './convolution.ts';
import type { ConstantTensor } from './evaluate-constants.ts';

/** A convolution whose scale, offset and activation are not known yet. */
export type RawConvolution = Omit<Convolution, 'scale' | 'offset' | 'activation' | 'output' | 'sources'> & {
  readonly sources: readonly string[];
};

/** raw * scale + maps + offset; scale and offset are per channel. */
export interface Linear {
  readonly raw: RawConvolution | undefined;
  readonly maps: readonly FeatureMap[];
  readonly scale: Float64Array | undefined;
  readonly offset: Float64Array | undefined;
  readonly sources: readonly string[];
}

/** A finished map as a sum of one. */
export function sumOf(map: FeatureMap): Linear {
  return { raw: undefined, maps: [map], scale: undefined, offset: undefined, sources: [] };
}

/** A value that is scaled and then shifted, by one number or one per channel. */
export function affine(
  value: Linear,
  step: { readonly scale?: ConstantTensor; readonly offset?: ConstantTensor },
): Linear {
  const { scale, offset } = step;
  let result = value;
  if (scale) {
    const times = (x: number, y: number): number => x * y;
    result = {
      ...result,
      scale: combine(result.scale, scale.data, times, 1),
      offset: result.offset && combine(result.offset, scale.data, times, 0),
      sources: [...result.sources, ...scale.sources],
    };
  }
  if (offset) {
    result = {
      ...result,
      offset: combine(result.offset, offset.data, (x, y) => x + y, 0),
      sources: [...result.sources, ...offset.sources],
    };
  }
  return result;
}

/** Per-channel vectors, either of which may be one number for all channels, or missing. */
export function combine(
  a: Float64Array | undefined,
  b: Float64Array | undefined,
  operation: (x: number, y: number) => number,
  neutral: number,
): Float64Array | undefined {
  if (!a || !b) return a ?? b;
  const at = (vector: Float64Array, index: number): number =>
    (vector.length === 1 ? vector[0] : vector[index]) ?? neutral;
  return Float64Array.from({ length: Math.max(a.length, b.length) }, (_, i) => operation(at(a, i), at(b, i)));
}

/** One number for every channel of a convolution. */
export function perChannel(vector: Float64Array | undefined, raw: RawConvolution): Float64Array | undefined {
  if (!vector || vector.length === raw.channels) return vector;
  if (vector.length === 1) return new Float64Array(raw.channels).fill(vector[0] ?? 0);
  throw new SsdliteError(
    'WEIGHTS_MISMATCH',
    `A vector after convolution '${raw.name}' has ${vector.length} numbers for ${raw.channels} channels.`,
    { value: vector.length, next: 'Export the graph again.' },
  );
}
