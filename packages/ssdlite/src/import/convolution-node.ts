// What a convolution's node says of it, if it is one that our networks have.

import type { Convolution, GraphPadding } from './convolution.ts';
import type { GraphNode } from './graph.ts';
import { unsupported } from './unsupported.ts';

/** Zeros that an operation of their own has put around the input. */
export interface ExplicitPadding {
  readonly before: number;
  readonly after: number;
}

/**
 * Channels of the output, and the stride.
 *
 * @param kernel its shape, `[height, width, in, out]`
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for another layout, dilation, a kernel that is not square, unequal strides, or several
 * channels of each in depthwise convolutions
 */
export function convolutionShape(
  { name, attributes }: GraphNode,
  kernel: readonly number[],
  kind: Convolution['kind'],
): Pick<Convolution, 'channels' | 'strides'> {
  const layout = attributes.get('data_format') ?? 'NHWC';
  if (layout !== 'NHWC') throw unsupported(`Convolution '${name}' has the layout ${layout}`, layout);
  const dilations = attributes.get('dilations');
  if (Array.isArray(dilations) && dilations.some((step) => step !== 1)) {
    throw unsupported(`Convolution '${name}' is dilated`, dilations);
  }
  const [height, width, inner = 0, last = 0] = kernel;
  if (kernel.length !== 4 || height !== width) {
    throw unsupported(`Convolution '${name}' has a kernel of shape [${kernel.join(', ')}]`, kernel);
  }
  if (kind === 'DepthwiseConv2D' && last !== 1) {
    throw unsupported(`Depthwise convolution '${name}' makes ${last} channels of each`, last);
  }
  const strides = attributes.get('strides');
  const [, rows, columns] = Array.isArray(strides) ? strides : [];
  if (typeof rows !== 'number' || rows !== columns) {
    throw unsupported(`Convolution '${name}' has the strides ${JSON.stringify(strides)}`, strides);
  }
  return { channels: kind === 'DepthwiseConv2D' ? inner : last, strides: rows };
}

/** @param explicit of a padding before it, which only goes with none of its own */
export function paddingOf(node: GraphNode, explicit: ExplicitPadding | undefined): GraphPadding {
  const padding = node.attributes.get('padding');
  if (explicit && padding === 'VALID') return explicit;
  if (!explicit && (padding === 'SAME' || padding === 'VALID')) return padding;
  throw unsupported(
    `Convolution '${node.name}' has the padding ${JSON.stringify(padding)}${explicit ? ' after a Pad' : ''}`,
    padding,
  );
}
