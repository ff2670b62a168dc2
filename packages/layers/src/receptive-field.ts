// The interpreter that asks where on the picture a cell looks: the centre of its receptive field, through every padding.

import type { Conv2dOptions, DepthwiseConv2dOptions, Layers, Network } from './layers.ts';
import { padAxis } from './padding.ts';

/** The cells of one axis of a map: cell i looks at `first + i * stride`, in pixels of the input (its first pixel reaches from 0 to 1). */
export interface AxisCells {
  readonly cells: number;
  readonly first: number;
  readonly stride: number;
}

/** Both axes of a map. */
export interface MapCells {
  readonly y: AxisCells;
  readonly x: AxisCells;
}

/**
 * Where the cells of every convolution's output look, by layer name.
 *
 * @example
 * receptiveFields(network).get('block_13_expand')?.y; // at 300 pixels: { cells: 19, first: 11.5, stride: 16 }
 */
export function receptiveFields(network: Network): ReadonlyMap<string, MapCells> {
  const { height, width } = network.input;
  const walk = new ReceptiveFieldLayers();
  network.build<MapCells>(walk, {
    y: { cells: height, first: 0.5, stride: 1 },
    x: { cells: width, first: 0.5, stride: 1 },
  });
  return walk.fields;
}

class ReceptiveFieldLayers implements Layers<MapCells> {
  readonly fields = new Map<string, MapCells>();

  conv2d(name: string, x: MapCells, options: Conv2dOptions): MapCells {
    return this.depthwiseConv2d(name, x, options);
  }

  depthwiseConv2d(name: string, map: MapCells, options: DepthwiseConv2dOptions): MapCells {
    const next = { y: convolve(map.y, options), x: convolve(map.x, options) };
    this.fields.set(name, next);
    return next;
  }

  takeChannels(_name: string, x: MapCells): MapCells {
    return x;
  }

  add(_name: string, a: MapCells): MapCells {
    return a;
  }

  globalAveragePool(_name: string, x: MapCells): MapCells {
    return { y: average(x.y), x: average(x.x) };
  }

  dense(_name: string, x: MapCells): MapCells {
    return x;
  }

  softmax(_name: string, x: MapCells): MapCells {
    return x;
  }

  sigmoid(_name: string, x: MapCells): MapCells {
    return x;
  }

  stackRows(_name: string, maps: readonly MapCells[]): MapCells {
    return maps[0] as MapCells;
  }
}

function convolve(
  axis: AxisCells,
  { kernelSize, strides = 1, padding = 'same' }: DepthwiseConv2dOptions,
): AxisCells {
  const { output, before } = padAxis({ input: axis.cells, kernelSize, strides, padding });
  return {
    cells: output,
    first: axis.first + ((kernelSize - 1) / 2 - before) * axis.stride,
    stride: axis.stride * strides,
  };
}

function average({ cells, first, stride }: AxisCells): AxisCells {
  return { cells: 1, first: first + ((cells - 1) / 2) * stride, stride: stride * cells };
}
