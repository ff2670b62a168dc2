import { JsonValue } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import { minusOneToOne } from '../normalization.ts';
import type { KerasGraph, KerasLayer } from './model-graph.ts';
import { readFront } from './read-front.ts';

type Step = Pick<KerasLayer, 'kind'> & {
  readonly config?: object;
  readonly constants?: KerasLayer['constants'];
};

/** A chain of layers `0`, `1`, ... after the input. */
function chain(...steps: Step[]): KerasGraph {
  const layers = steps.map(({ kind, config = {}, constants = [] }, index): [string, KerasLayer] => [
    String(index),
    {
      path: [String(index)],
      name: String(index),
      kind,
      config: new JsonValue(config, { document: 'layer' }),
      inputs: [index === 0 ? 'image' : String(index - 1)],
      constants,
    },
  ]);
  const output = String(steps.length - 1);
  return { layers: new Map(layers), input: 'image', output, inputSize: undefined };
}

function front(...steps: Step[]) {
  return readFront(chain(...steps), steps.length === 0 ? 'image' : String(steps.length - 1));
}

test('A model that rescales nothing wants its pixels from -1 to 1', () => {
  expect(front()).toEqual(minusOneToOne);
  expect(front({ kind: 'RandomFlip' }, { kind: 'RandomZoom' })).toEqual(minusOneToOne);
});

test('Rescaling of its own is taken as it is', () => {
  expect(front({ kind: 'Rescaling', config: { scale: 0.5, offset: 3 } })).toEqual({
    scale: [0.5, 0.5, 0.5],
    shift: [3, 3, 3],
  });
  expect(front({ kind: 'Rescaling', config: { scale: [1, 2, 4], offset: [0, 0, 1] } })).toEqual({
    scale: [1, 2, 4],
    shift: [0, 0, 1],
  });
});

test('Steps follow one another: (x / 2 - 1) * 4', () => {
  const expected = { scale: [2, 2, 2], shift: [-4, -4, -4] };
  const number = (value: number, name?: string) => ({ constants: [{ name, value }] });
  expect(
    front(
      { kind: 'TFOpLambda', config: { function: 'cast' } },
      { kind: 'TFOpLambda', config: { function: 'math.truediv' }, ...number(2, 'y') },
      { kind: 'RandomContrast' },
      { kind: 'TFOpLambda', config: { function: 'math.subtract' }, ...number(1, 'y') },
      { kind: 'TFOpLambda', config: { function: 'math.multiply' }, ...number(4, 'y') },
    ),
  ).toEqual(expected);
  expect(
    front(
      { kind: 'TrueDivide', ...number(2) },
      { kind: 'Subtract', ...number(1) },
      { kind: 'Multiply', ...number(4) },
    ),
  ).toEqual(expected);
});

test.each<[what: string, step: Step]>([
  ['a convolution', { kind: 'Conv2D' }],
  ['resizing', { kind: 'Resizing', config: { height: 32, width: 32 } }],
  ['a random part of the picture', { kind: 'RandomCrop' }],
  ['a function of its own', { kind: 'Lambda' }],
  ['division by 0', { kind: 'TrueDivide', constants: [{ name: undefined, value: 0 }] }],
  ['a number divided by the picture', { kind: 'TrueDivide', constants: [{ name: 'x1', value: 2 }] }],
  ['two numbers for three channels', { kind: 'Rescaling', config: { scale: [1, 2], offset: 0 } }],
])('%s before the network is refused by name', (_, step) => {
  expect(() => front({ kind: 'RandomFlip' }, step)).toThrowError(
    expect.objectContaining({
      code: 'WEIGHTS_UNSUPPORTED',
      message: expect.stringContaining(`'1' (${step.kind})`),
    }),
  );
});
