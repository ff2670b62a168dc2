// Weights of a MobileNet as the loaders give them: checked, as trained, under our names, with what is needed to use them.

import {
  checkWeights,
  describe,
  SsdliteError,
  trainedWeights,
  type WeightSpec,
  type Weights,
  type WeightTensor,
} from '@ssdlite/layers';
import type { BackboneConfig } from './backbone.ts';
import {
  type ClassifierConfig,
  classifierHead,
  classifierNetwork,
  featureNetwork,
} from './classifier-network.ts';
import { dialects } from './dialect.ts';
import type { Normalization } from './normalization.ts';

/** A classifier: a backbone with its head. */
export interface ClassifierWeights {
  readonly kind: 'classifier';
  /** For `classifierNetwork`. `classes` and `scores` are always there. */
  readonly config: ClassifierConfig;
  /**
   * As trained: `trainedWeights` of the network; or `foldedWeights` from a file in which batch norm is folded already. `foldBatchNorm`
   * makes of either what engines run.
   */
  readonly weights: Weights;
  /** What the pixels must become. */
  readonly normalization: Normalization;
  /** One name per class, from files that hold them. */
  readonly labels?: readonly string[];
}

/** A backbone that was saved without its head. */
export interface BackboneWeights {
  readonly kind: 'backbone';
  /** For `featureNetwork`, with the taps of your choice. */
  readonly config: BackboneConfig & Pick<ClassifierConfig, 'inputSize'>;
  /** As trained: `trainedWeights` of the network up to its last map. */
  readonly weights: Weights;
  /** What the pixels must become. */
  readonly normalization: Normalization;
}

export type MobileNetWeights = ClassifierWeights | BackboneWeights;

/** What a loader has found out about a file. */
export interface FoundWeights {
  readonly config: BackboneWeights['config'];
  /** Undefined without a head. A single class means: one number that tells two classes apart. */
  readonly head: { readonly classes: number; readonly scores: 'softmax' | 'sigmoid' } | undefined;
  readonly normalization: Normalization;
  /** A tensor by our name and in our layout; undefined if the file has none. */
  readonly tensorOf: (spec: WeightSpec) => WeightTensor | undefined;
}

/**
 * Puts the weights of a file together and checks them.
 *
 * A head of one unit becomes one of two classes, "not" and "is", whose softmax is that unit's sigmoid.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` with the tensors that are missing, have another shape or are not finite
 */
export function assembleWeights({ config, head, normalization, tensorOf }: FoundWeights): MobileNetWeights {
  if (!head) {
    const taps = [classifierHead[config.backbone].last];
    const specs = trainedWeights(describe(featureNetwork({ ...config, taps })));
    return { kind: 'backbone', config, weights: takeTensors(specs, config, tensorOf), normalization };
  }
  const { classes, scores } = head;
  const specs = trainedWeights(describe(classifierNetwork({ ...config, classes })));
  const weights = takeTensors(specs, config, tensorOf);
  if (classes > 1) {
    return { kind: 'classifier', config: { ...config, classes, scores }, weights, normalization };
  }
  const { dense } = classifierHead[config.backbone];
  const twoClasses = new Map([...weights, ...besideZero(weights, [`${dense}/kernel`, `${dense}/bias`])]);
  return {
    kind: 'classifier',
    config: { ...config, classes: 2, scores: 'softmax' },
    weights: twoClasses,
    normalization,
  };
}

/**
 * The classifier among the two kinds.
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` for a backbone without a head
 */
export function requireHead(weights: MobileNetWeights): ClassifierWeights {
  if (weights.kind === 'classifier') return weights;
  throw new SsdliteError('WEIGHTS_MISMATCH', 'These weights are a backbone without a classification head.', {
    value: weights.config,
    next: 'Save the whole model, with its pooling and dense layer (in Keras: include_top=True or layers of your own).',
  });
}

function takeTensors(
  specs: readonly WeightSpec[],
  config: BackboneConfig,
  tensorOf: FoundWeights['tensorOf'],
): Weights {
  const weights = new Map<string, WeightTensor>();
  for (const spec of specs) {
    const tensor = tensorOf(spec);
    if (tensor) weights.set(spec.name, tensor);
  }
  checkWeights(weights, specs);
  checkVariances(weights, config);
  return weights;
}

/** A variance below -epsilon has no root: NaN would come out much later, in folding. */
function checkVariances(weights: Weights, { dialect = 'tensorflow' }: BackboneConfig): void {
  const least = -dialects[dialect].batchNormEpsilon;
  for (const [name, { data }] of weights) {
    if (!name.endsWith('/moving_variance')) continue;
    const at = data.findIndex((value) => value <= least);
    if (at < 0) continue;
    throw new SsdliteError('WEIGHTS_MISMATCH', `'${name}' holds ${data[at]} at position ${at}.`, {
      value: data[at],
      next: 'A variance is not negative: use weights as they were saved after training.',
    });
  }
}

/** softmax([0, z])[1] is sigmoid(z). */
function besideZero(weights: Weights, names: readonly string[]): [string, WeightTensor][] {
  return names.flatMap((name): [string, WeightTensor][] => {
    const tensor = weights.get(name);
    if (!tensor) return [];
    const data = new Float32Array(tensor.data.length * 2);
    for (const [index, value] of tensor.data.entries()) data[2 * index + 1] = value;
    return [[name, { shape: [...tensor.shape.slice(0, -1), 2], data }]];
  });
}
