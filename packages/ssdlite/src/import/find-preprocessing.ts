// What a graph does to the picture before its first convolution: resizing, and the range of pixel values.

import { SsdliteError } from '@ssdlite/layers';
import type { SsdConfig } from '../network/ssd-config.ts';
import type { Constants } from './evaluate-constants.ts';
import { type Graph, type GraphNode, nodeOf, producerOf } from './graph.ts';

export interface Preprocessing {
  /** Undefined if the graph takes pictures of any size, or says nothing. */
  readonly inputSize: SsdConfig['inputSize'] | undefined;
  /** What ought to be known of it by whoever uses the weights. */
  readonly notes: readonly string[];
}

/**
 * Reads how pictures are prepared.
 *
 * @param image name of the tensor that the first convolution reads
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` if pixel values become anything but -1 to 1
 */
export function findPreprocessing(
  graph: Graph,
  { image, constants }: { readonly image: string; readonly constants: Constants },
): Preprocessing {
  const notes: string[] = [];
  const range = pixelRange(graph, { image, constants });
  if (range === undefined) {
    notes.push('The graph begins after preprocessing: pixel values are taken to be -1 to 1.');
  } else if (Math.abs(range[0] + 1) > 1e-3 || Math.abs(range[1] - 1) > 1e-3) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      `The graph makes ${range.map((value) => Number(value.toFixed(4))).join(' to ')} of pixel values.`,
      {
        value: range,
        next: 'Imported are networks that take -1 to 1, as all of TF Object Detection on MobileNets.',
      },
    );
  }
  const before = upstream(graph, image);
  const resize = before.find(({ op }) => op === 'ResizeBilinear' || op === 'ResizeNearestNeighbor');
  if (resize && isOtherRule(resize)) {
    notes.push(
      `Trained with another rule of resizing (${resize.op}${flagText(resize)}): accuracy may differ a little from the original's.`,
    );
  }
  const placeholder = before.find(({ op }) => op === 'Placeholder');
  const resized = constants(resize?.inputs[1] ?? '')?.data;
  const inputSize = sizeFrom(resized) ?? sizeFrom(placeholderShape(placeholder)?.slice(1, 3));
  return { inputSize, notes };
}

function sizeFrom(sides: ArrayLike<number> | undefined): SsdConfig['inputSize'] | undefined {
  const [height, width] = sides ? Array.from(sides) : [];
  return height !== undefined && width !== undefined && height > 0 && width > 0
    ? { height, width }
    : undefined;
}

function placeholderShape(node: GraphNode | undefined): number[] | undefined {
  const shape = node?.attributes.get('shape');
  return Array.isArray(shape) && shape.length === 4 ? shape.map(Number) : undefined;
}

function isOtherRule({ op, attributes }: GraphNode): boolean {
  return (
    op !== 'ResizeBilinear' ||
    attributes.get('half_pixel_centers') === true ||
    attributes.get('align_corners') === true
  );
}

function flagText({ attributes }: GraphNode): string {
  const flags = ['half_pixel_centers', 'align_corners'].filter((flag) => attributes.get(flag) === true);
  return flags.length > 0 ? ` with ${flags.join(' and ')}` : '';
}

/** All nodes that a tensor depends on, the nearest first. */
function upstream(graph: Graph, tensor: string): GraphNode[] {
  const met = new Set<GraphNode>();
  const start = producerOf(graph, tensor);
  if (start) met.add(start);
  for (const node of met) {
    for (const input of node.inputs) {
      const producer = producerOf(graph, input);
      if (producer) met.add(producer);
    }
  }
  return [...met];
}

/** What 0 and 255 become on the way to a tensor; undefined if nothing happens to them. */
function pixelRange(
  graph: Graph,
  { image, constants }: { readonly image: string; readonly constants: Constants },
): [number, number] | undefined {
  const steps: ((value: number) => number)[] = [];
  let node = nodeOf(graph, image);
  while (node) {
    const [first = '', second = ''] = node.inputs;
    const [a, b] = [constants(first), constants(second)];
    const constant = a ?? b;
    const step = constant && arithmetic[node.op];
    if (step) {
      if (constant.data.some((value) => value !== constant.data[0])) {
        throw new SsdliteError(
          'WEIGHTS_UNSUPPORTED',
          `The graph treats colours differently ('${node.name}').`,
          {
            value: [...constant.data],
            next: 'Imported are networks that take -1 to 1, as all of TF Object Detection on MobileNets.',
          },
        );
      }
      const amount = constant.data[0] ?? 0;
      steps.push(a ? (value) => step(amount, value) : (value) => step(value, amount));
    } else if (!['Identity', 'Cast'].includes(node.op)) break;
    node = nodeOf(graph, step && a ? second : first);
  }
  if (steps.length === 0) return undefined;
  const through = (pixel: number): number => steps.reduceRight((value, step) => step(value), pixel);
  return [through(0), through(255)];
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  AddV2: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
};
