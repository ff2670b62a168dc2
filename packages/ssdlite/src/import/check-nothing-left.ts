// Makes sure that a graph has no weights that were left behind: a detector that is imported in part would run, and find nonsense.

import { SsdliteError } from '@ssdlite/layers';
import type { Convolution } from './convolution.ts';
import type { Graph, GraphNode } from './graph.ts';

/** Constants of pre- and post-processing have few numbers, but for anchors. */
const smallestWeights = 9;

/** How many leftovers a message names. */
const named = 5;

/**
 * Checks that all convolutions were taken, and that no other constant looks like weights.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` with the names of what is left; `value` lists all of them
 */
export function checkNothingLeft(
  graph: Graph,
  {
    convolutions,
    taken,
  }: { readonly convolutions: readonly Convolution[]; readonly taken: ReadonlySet<Convolution> },
): void {
  const used = new Set([...taken].flatMap(({ sources }) => sources));
  const layers = convolutions
    .filter((convolution) => !taken.has(convolution))
    .map(({ name, kernel }) => `convolution '${name}' [${kernel.shape.join(', ')}]`);
  const tensors = [...graph.values()]
    .filter((node) => !used.has(node.name) && looksLikeWeights(node))
    .map(textOf);
  const left = [...layers, ...tensors];
  if (left.length === 0) return;
  const more = left.length > named ? `, and ${left.length - named} more` : '';
  throw new SsdliteError(
    'WEIGHTS_UNSUPPORTED',
    `The graph has weights without a counterpart here: ${left.slice(0, named).join(', ')}${more}.`,
    {
      value: left,
      next: 'Imported are SSD and SSDLite detectors on MobileNet V1 or V2, as TF Object Detection exports them.',
    },
  );
}

function looksLikeWeights({ value }: GraphNode): boolean {
  if (!value || value.data instanceof Int32Array || value.data.length < smallestWeights) return false;
  return value.shape.at(-1) !== 4 || value.shape.length > 3;
}

function textOf({ name, value }: GraphNode): string {
  return `'${name}' [${value?.shape.join(', ')}]`;
}
