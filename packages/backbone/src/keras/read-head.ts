// What a Keras model makes of its backbone's last map: average pooling and one dense layer, or nothing.

import { SsdliteError } from '@ssdlite/layers';
import { activationOf } from './follow-graph.ts';
import type { KerasGraph, KerasLayer } from './model-graph.ts';
import { passesOn } from './read-front.ts';

export interface KerasHead {
  /** Where the dense layer is. */
  readonly path: readonly string[];
  /**
   * How its numbers become probabilities. A layer without activation was trained on logits: by `softmax`, or, with one unit, by
   * `sigmoid`.
   */
  readonly scores: 'softmax' | 'sigmoid';
}

/**
 * Reads the layers between the backbone and the model's output.
 *
 * @param last id of the layer that makes the backbone's last map
 * @returns undefined if nothing follows, or pooling alone
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` with the first layer that is not pooling, dropout, one dense layer and its activation
 */
export function readHead(graph: KerasGraph, last: string): KerasHead | undefined {
  let pooled = false;
  let dense: KerasLayer | undefined;
  let activation = 'linear';
  for (const layer of layersAfter(graph, last)) {
    if (passesOn(layer)) continue;
    const role = roleOf(layer);
    if (role === 'pool' && !pooled) pooled = true;
    else if (role === 'reshape' && pooled) continue;
    else if (role === 'dense' && pooled && !dense) {
      dense = layer;
      activation = activationName(layer);
      if (!['linear', 'softmax', 'sigmoid'].includes(activation)) throw unsupported(layer);
    } else if (role === 'activation' && dense && activation === 'linear') activation = activationName(layer);
    else throw unsupported(layer);
  }
  if (!dense) return undefined;
  const units = dense.config.get(dense.kind === 'Dense' ? 'units' : 'filters').integer(1);
  switch (activation) {
    case 'sigmoid':
      return { path: dense.path, scores: 'sigmoid' };
    case 'linear':
      return { path: dense.path, scores: units === 1 ? 'sigmoid' : 'softmax' };
    case 'softmax':
      // The softmax of one number is 1, whatever the picture.
      if (units > 1) return { path: dense.path, scores: 'softmax' };
  }
  throw unsupported(dense);
}

function layersAfter(graph: KerasGraph, last: string): KerasLayer[] {
  const chain: KerasLayer[] = [];
  for (let id = last; id !== graph.output; ) {
    const readers = [...graph.layers].filter(([, { inputs }]) => inputs.includes(id));
    const [next, ...others] = readers;
    if (!next || others.length > 0 || next[1].inputs.length > 1 || chain.length > graph.layers.size) {
      const names = readers.map(([, { name }]) => `'${name}'`).join(', ') || 'nothing';
      throw new SsdliteError('WEIGHTS_UNSUPPORTED', `The backbone's end '${id}' is read by ${names}.`, {
        value: id,
        next: 'A head is read that is a chain of pooling and one dense layer.',
      });
    }
    chain.push(next[1]);
    id = next[0];
  }
  return chain;
}

function roleOf({ kind, config }: KerasLayer): 'pool' | 'reshape' | 'dense' | 'activation' | undefined {
  switch (kind) {
    case 'GlobalAveragePooling2D':
      return 'pool';
    // After pooling there is one number per channel, however it is arranged.
    case 'Flatten':
    case 'Reshape':
      return 'reshape';
    case 'Dense':
      return 'dense';
    case 'Conv2D': {
      const isDense = [config.get('kernel_size').value].flat().every((side) => side === 1);
      return isDense ? 'dense' : undefined;
    }
    case 'Activation':
    case 'Softmax':
      return 'activation';
    default:
      return undefined;
  }
}

function activationName(layer: KerasLayer): string {
  return layer.kind === 'Softmax' ? 'softmax' : String(activationOf(layer.config));
}

function unsupported(layer: KerasLayer): SsdliteError {
  const activation = ['Dense', 'Conv2D', 'Activation'].includes(layer.kind)
    ? `, ${activationName(layer)}`
    : '';
  return new SsdliteError(
    'WEIGHTS_UNSUPPORTED',
    `The head's layer '${layer.name}' (${layer.kind}${activation}) is not read.`,
    {
      value: layer.name,
      next: 'Heads are read that are global average pooling and one dense layer with softmax, sigmoid or no activation; dropout may lie between.',
    },
  );
}
