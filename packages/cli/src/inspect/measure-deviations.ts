// How much each channel of the depthwise convolutions varies over real pictures.

import { minusOneToOne } from '@ssdlite/backbone';
import { innerOutputs, type Network, type Weights } from '@ssdlite/layers';
import { type Engine, type Pixels, place, preprocess } from 'ssdlite';

/** Sums over all cells of all pictures so far, in float64. */
interface Moments {
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  cells: number;
}

/**
 * Runs pictures through a network and looks at what its depthwise convolutions make.
 *
 * @param options.weights with batch norm folded
 * @returns standard deviation by channel, by name of the layer
 */
export async function measureDeviations(options: {
  readonly engine: Engine;
  readonly network: Network;
  readonly weights: Weights;
  readonly pictures: AsyncIterable<Pixels>;
}): Promise<Map<string, Float64Array>> {
  const { engine, network, weights, pictures } = options;
  const { height, width } = network.input;
  const program = await engine.compile(innerOutputs(network, 'depthwiseConv2d'), weights);
  const moments = new Map<string, Moments>();
  try {
    for await (const pixels of pictures) {
      const target = new Float32Array(height * width * 3);
      const region = { x: 0, y: 0, width: pixels.width, height: pixels.height };
      const placement = place(region, { input: { height, width }, letterbox: false });
      preprocess(pixels, {
        placement,
        layout: engine.inputLayout,
        normalization: minusOneToOne,
        target,
        offset: 0,
      });
      const maps = await program.run(target, { batch: 1, height, width });
      for (const [name, map] of Object.entries(maps)) {
        const channels = weights.get(`${name}/kernel`)?.shape[2] ?? 1;
        addMap(momentsOf(moments, name, channels), map);
      }
    }
  } finally {
    await program.dispose();
  }
  return new Map([...moments].map(([name, each]) => [name, deviations(each)]));
}

function momentsOf(moments: Map<string, Moments>, name: string, channels: number): Moments {
  const there = moments.get(name) ?? {
    sum: new Float64Array(channels),
    squares: new Float64Array(channels),
    cells: 0,
  };
  moments.set(name, there);
  return there;
}

/** @param map `[1, h, w, channels]` */
function addMap(moments: Moments, map: Float32Array): void {
  const { sum, squares } = moments;
  for (let at = 0; at < map.length; at++) {
    const channel = at % sum.length;
    const value = map[at] as number;
    sum[channel] = (sum[channel] as number) + value;
    squares[channel] = (squares[channel] as number) + value * value;
  }
  moments.cells += map.length / sum.length;
}

function deviations({ sum, squares, cells }: Moments): Float64Array {
  return sum.map((total, channel) =>
    Math.sqrt(Math.max((squares[channel] as number) / cells - (total / cells) ** 2, 0)),
  );
}
