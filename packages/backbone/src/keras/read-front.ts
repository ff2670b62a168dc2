// What a Keras model does to pixels before its backbone: augmentation, which does nothing outside of training, and rescaling.

import { type JsonValue, SsdliteError } from '@ssdlite/layers';
import { minusOneToOne, type Normalization } from '../normalization.ts';
import type { KerasGraph, KerasLayer } from './model-graph.ts';

/** Layers that pass their input on unless they are being trained. */
export function passesOn({ kind }: KerasLayer): boolean {
  return (
    (kind.startsWith('Random') && kind !== 'RandomCrop') ||
    [
      'Dropout',
      'SpatialDropout2D',
      'AlphaDropout',
      'GaussianDropout',
      'GaussianNoise',
      'ActivityRegularization',
    ].includes(kind)
  );
}

/** Per channel: pixel * scale + shift. */
interface Affine {
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

const identity: Affine = { scale: [1, 1, 1], shift: [0, 0, 0] };

/**
 * Reads the layers between the model's input and its backbone.
 *
 * @param entry id of what the backbone's first layer reads
 * @returns what pixels from 0 to 255 must become; if the model rescales nothing itself, x / 127.5 - 1, as its users must
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for a layer that does something else
 */
export function readFront(graph: KerasGraph, entry: string): Normalization {
  const chain: KerasLayer[] = [];
  for (let id = entry; id !== graph.input; ) {
    const layer = graph.layers.get(id);
    const [read, ...others] = layer?.inputs ?? [];
    if (!layer || read === undefined || others.length > 0 || chain.length > graph.layers.size) {
      throw unsupported(layer ?? { name: id, kind: 'unknown' }, 'does not read the picture alone');
    }
    chain.unshift(layer);
    id = read;
  }
  const steps = chain.filter((layer) => !passesOn(layer) && !isCast(layer)).map(affineOf);
  if (steps.length === 0) return minusOneToOne;
  const { scale, shift } = steps.reduce(
    (before, after) => ({
      scale: channels((c) => at(before.scale, c) * at(after.scale, c)),
      shift: channels((c) => at(before.shift, c) * at(after.scale, c) + at(after.shift, c)),
    }),
    identity,
  );
  return {
    scale: [at(scale, 0), at(scale, 1), at(scale, 2)],
    shift: [at(shift, 0), at(shift, 1), at(shift, 2)],
  };
}

function isCast({ kind, config }: KerasLayer): boolean {
  return kind === 'Cast' || (kind === 'TFOpLambda' && config.get('function').value === 'cast');
}

function affineOf(layer: KerasLayer): Affine {
  const { kind, config } = layer;
  if (kind === 'Rescaling') {
    return { scale: perChannel(layer, config.get('scale')), shift: perChannel(layer, config.get('offset')) };
  }
  const operation =
    kind === 'TFOpLambda' ? String(config.get('function').value).split('.').at(-1) : kind.toLowerCase();
  const [operand, ...others] = layer.constants.filter(({ name, value }) => name !== 'name' && value !== null);
  const number = operand?.value;
  // Either the second argument, or its name.
  const isSecond = operand?.name === undefined || ['y', 'x2'].includes(operand.name);
  if (typeof number === 'number' && Number.isFinite(number) && isSecond && others.length === 0) {
    const same = channels(() => number);
    const negative = channels(() => -number);
    const inverse = channels(() => 1 / number);
    switch (operation) {
      case 'truediv':
      case 'truedivide':
      case 'divide':
        if (number !== 0) return { scale: inverse, shift: identity.shift };
        break;
      case 'multiply':
      case 'mul':
        return { scale: same, shift: identity.shift };
      case 'subtract':
      case 'sub':
        return { scale: identity.scale, shift: negative };
      case 'add':
      case '__add__':
        return { scale: identity.scale, shift: same };
    }
  }
  throw unsupported(layer, 'stands before the network');
}

function perChannel(layer: KerasLayer, json: JsonValue): readonly number[] {
  const values = Array.isArray(json.value) ? json.items().map((item) => item.number()) : [json.number()];
  if (values.length === 1) return channels(() => at(values, 0));
  if (values.length === 3) return values;
  throw unsupported(layer, `has ${values.length} numbers for three channels`);
}

function channels(of: (channel: number) => number): readonly number[] {
  return [of(0), of(1), of(2)];
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0;
}

function unsupported({ name, kind }: Pick<KerasLayer, 'name' | 'kind'>, what: string): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `Layer '${name}' (${kind}) ${what}.`, {
    value: name,
    next: 'Before a network are read: rescaling, division and subtraction by numbers, and random augmentation.',
  });
}
