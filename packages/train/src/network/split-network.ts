// A network in two: layers that stay as they are, which any engine can run, and those that are trained.

import { type Layers, type Network, playStep, SsdliteError, type Step, toSteps } from '@ssdlite/layers';

/** A value of the frozen part that the trained part starts from; without a frozen part, the image. */
export interface FrozenValue {
  /** Number of the value in the network's steps. */
  readonly value: number;
  /** Name of the frozen part's output. */
  readonly output: string;
}

export interface SplitNetwork<Output extends string = string> {
  /** Undefined if every layer is trained. Its outputs are those of `inputs`. */
  readonly frozen: Network | undefined;
  /** What the trained part starts from. */
  readonly inputs: readonly FrozenValue[];
  /** The steps of the trained part, with the number of the value that each makes. */
  readonly trained: readonly { readonly step: Step; readonly value: number }[];
  /** Numbers of the values, by output name. */
  readonly outputs: Readonly<Record<Output, number>>;
  /** Names of the layers with weights that are trained. */
  readonly trainedLayers: ReadonlySet<string>;
}

/**
 * Splits a network at its frozen layers. What follows frozen layers without weights of its own (an addition) is frozen with them.
 *
 * @param isFrozen whether a layer with weights stays as it is
 * @throws SsdliteError `NETWORK_INVALID` if a frozen layer comes after a trained one, or nothing is left to train
 */
export function splitNetwork<Output extends string>(
  network: Network<Output>,
  isFrozen: (layer: string) => boolean,
): SplitNetwork<Output> {
  const { steps, outputs } = toSteps(network);
  const frozenValues = new Set([0]);
  const trainedLayers = new Set<string>();
  for (const [index, { name, operation, inputs }] of steps.entries()) {
    const fixed = inputs.every((value) => frozenValues.has(value));
    const weighted = hasWeights(operation);
    if (weighted && isFrozen(name) && !fixed) throw unreachable(name);
    if (fixed && (weighted ? isFrozen(name) : operation.kind !== 'stackRows')) frozenValues.add(index + 1);
    else if (weighted) trainedLayers.add(name);
  }
  if (trainedLayers.size === 0) {
    throw new SsdliteError('NETWORK_INVALID', 'Every layer is frozen: nothing is left to train.', {
      value: [...frozenValues].length,
      next: "Freeze less, e.g. 'backbone'.",
    });
  }
  const numbered = steps.map((step, index) => ({ step, value: index + 1 }));
  const trained = numbered.filter(({ value }) => !frozenValues.has(value));
  const starts = new Set(
    trained.flatMap(({ step }) => step.inputs.filter((value) => frozenValues.has(value))),
  );
  const inputs = [...starts]
    .sort((a, b) => a - b)
    .map((value) => ({ value, output: value === 0 ? 'image' : `${steps[value - 1]?.name}_map` }));
  const last = Math.max(...starts);
  const frozen =
    last === 0 ? undefined : frozenPart(network, { steps: steps.slice(0, last), inputs, frozenValues });
  return { frozen, inputs, trained, outputs: outputs as Readonly<Record<Output, number>>, trainedLayers };
}

function frozenPart(
  network: Network,
  part: {
    readonly steps: readonly Step[];
    readonly inputs: readonly FrozenValue[];
    readonly frozenValues: ReadonlySet<number>;
  },
): Network {
  return {
    input: network.input,
    build<T>(layers: Layers<T>, image: T) {
      const values = new Map<number, T>([[0, image]]);
      for (const [index, step] of part.steps.entries()) {
        if (!part.frozenValues.has(index + 1)) continue;
        values.set(
          index + 1,
          playStep(
            layers,
            step,
            step.inputs.map((value) => values.get(value) as T),
          ),
        );
      }
      return Object.fromEntries(part.inputs.map(({ value, output }) => [output, values.get(value) as T]));
    },
  };
}

function hasWeights({ kind }: Step['operation']): boolean {
  return kind === 'conv2d' || kind === 'depthwiseConv2d' || kind === 'dense';
}

function unreachable(name: string): SsdliteError {
  return new SsdliteError(
    'NETWORK_INVALID',
    `Layer '${name}' is frozen, but comes after one that is trained.`,
    {
      value: name,
      next: 'Freeze all layers up to it, or not that one.',
    },
  );
}
