// Reads torchvision's mobilenet_v2, saved as safetensors.

import {
  decodeWeights,
  depthwiseToHwio,
  describe,
  oihwToHwio,
  parseSafetensors,
  SsdliteError,
  type StoredTensor,
  trainedWeights,
  type WeightSpec,
  type Weights,
  type WeightTensor,
} from '@ssdlite/layers';
import { type ClassifierConfig, classifierHead, featureNetwork } from '../classifier-network.ts';
import { assembleWeights, type MobileNetWeights } from '../classifier-weights.ts';
import { inferAlpha } from '../infer-alpha.ts';
import { imageNetMeanAndDeviation } from '../normalization.ts';
import { torchvisionName } from './tensor-name.ts';

/** What a file's tensors are counted from: the first convolution, whatever the model was wrapped in. */
const firstTensor = 'features.0.0.weight';
const backbone = { backbone: 'mobilenet-v2', dialect: 'pytorch' } as const;
/** How many names one message lists. */
const namedTensors = 4;

export interface LoadTorchvisionOptions {
  /** The whole `.safetensors` file. */
  readonly bytes: Uint8Array;
  /** Pixels. Default 224 x 224, torchvision's. */
  readonly inputSize?: ClassifierConfig['inputSize'];
}

/**
 * Reads a state dict of torchvision's `mobilenet_v2`: any width, any number of classes, a linear layer of your own, or none.
 *
 * In Python: `safetensors.torch.save_file(model.state_dict(), 'mobilenet_v2.safetensors')`.
 *
 * @throws SsdliteError `WEIGHTS_DAMAGED` for a file that is no safetensors file, is cut short or holds NaN; `WEIGHTS_MISMATCH` for
 * another network; `WEIGHTS_UNSUPPORTED` for a `.pth` file, or a head that is not one linear layer
 * @example
 * const { config, weights, normalization } = requireHead(loadTorchvision({ bytes }));
 */
export function loadTorchvision(options: LoadTorchvisionOptions): MobileNetWeights {
  const { bytes, inputSize = { height: 224, width: 224 } } = options;
  refusePickle(bytes);
  const { backbone: stateDict, others } = splitState(parseSafetensors(bytes).tensors);
  const tensors = backboneTensors(stateDict);
  const config = { ...backbone, alpha: inferAlpha(backbone, channelsOf(tensors)), inputSize };
  const head = readHead(others);
  return assembleWeights({
    config,
    head: head && { classes: head.classes, scores: 'softmax' },
    normalization: imageNetMeanAndDeviation,
    tensorOf: ({ name }) => tensors.get(name) ?? head?.tensors.get(name),
  });
}

/** Tensors by name, without what the model was wrapped in (`module.`, `model.`), and those of the head apart. */
function splitState(stored: ReadonlyMap<string, StoredTensor>): { backbone: Weights; others: Weights } {
  const wanted = new Map([...stored].filter(([name]) => !name.endsWith('num_batches_tracked')));
  const first = [...wanted.keys()].find((name) => name === firstTensor || name.endsWith(`.${firstTensor}`));
  if (first === undefined) {
    throw mismatch(
      `The file holds no mobilenet_v2 of torchvision: it has ${listed([...wanted.keys()])}`,
      firstTensor,
    );
  }
  const prefix = first.slice(0, -firstTensor.length);
  const split = { backbone: new Map<string, WeightTensor>(), others: new Map<string, WeightTensor>() };
  for (const [name, tensor] of decodeWeights(wanted)) {
    const plain = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    split[plain.startsWith('features.') ? 'backbone' : 'others'].set(plain, tensor);
  }
  return split;
}

/** Under our names and in our layout. */
function backboneTensors(stateDict: Weights): Map<string, WeightTensor> {
  const specs = specsOfAnyWidth();
  const names = new Set(specs.map(({ name }) => torchvisionName(name)));
  const missing = [...names].filter((name) => !stateDict.has(name));
  if (missing.length > 0) throw mismatch(`The file lacks ${listed(missing)} of a mobilenet_v2`, missing);
  const unknown = [...stateDict.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0)
    throw mismatch(`The file has ${listed(unknown)}, which a mobilenet_v2 has not`, unknown);
  return new Map(
    specs.map(({ name, shape }) => {
      const tensor = stateDict.get(torchvisionName(name)) ?? { shape: [], data: new Float32Array() };
      const isKernel = shape.length === 4;
      if (tensor.shape.length !== shape.length) {
        const has = `'${torchvisionName(name)}' has the shape [${tensor.shape.join(', ')}]`;
        throw mismatch(
          `${has}: ${isKernel ? 'a kernel' : 'a vector'} has ${shape.length} axes`,
          tensor.shape,
        );
      }
      if (!isKernel) return [name, tensor];
      return [name, name.includes('depthwise') ? depthwiseToHwio(tensor) : oihwToHwio(tensor)];
    }),
  );
}

function specsOfAnyWidth(): WeightSpec[] {
  const inputSize = { height: 32, width: 32 };
  const taps = [classifierHead[backbone.backbone].last];
  return trainedWeights(describe(featureNetwork({ ...backbone, alpha: 1, inputSize, taps })));
}

function channelsOf(tensors: Weights): Map<string, number> {
  return new Map(
    [...tensors]
      .filter(([name]) => name.endsWith('/kernel'))
      .map(([name, { shape }]) => [name.slice(0, -'/kernel'.length), shape[3] ?? 0]),
  );
}

/** The one linear layer, whatever it is called: `classifier.1` unless it was replaced. */
function readHead(others: Weights): { classes: number; tensors: Weights } | undefined {
  const [first, ...rest] = [...others].filter(([, { shape }]) => shape.length > 1);
  if (others.size === 0) return undefined;
  const name = first?.[0].replace(/\.weight$/, '') ?? '';
  const weight = first?.[1];
  const bias = others.get(`${name}.bias`);
  if (weight?.shape.length !== 2 || rest.length > 0 || others.size !== (bias ? 2 : 1)) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      `Beside its features the network has ${listed([...others.keys()])}, which is not one linear layer.`,
      {
        value: [...others.keys()],
        next: 'Heads are read that are average pooling and one linear layer; save the features alone to leave it out.',
      },
    );
  }
  const [classes = 0, inputs = 0] = weight.shape;
  const { dense } = classifierHead[backbone.backbone];
  const kernel = {
    shape: [inputs, classes],
    data: oihwToHwio({ ...weight, shape: [classes, inputs, 1, 1] }).data,
  };
  return {
    classes,
    tensors: new Map([
      [`${dense}/kernel`, kernel],
      [`${dense}/bias`, bias ?? { shape: [classes], data: new Float32Array(classes) }],
    ]),
  };
}

/** PyTorch's own files are programs: a zip with a pickle in it, or the pickle itself. */
function refusePickle(bytes: Uint8Array): void {
  const [a, b, c, d] = bytes;
  const isZip = a === 0x50 && b === 0x4b && c === 3 && d === 4;
  const isPickle = a === 0x80 && b !== undefined && b >= 2 && b <= 5 && bytes[bytes.length - 1] === 0x2e;
  if (!isZip && !isPickle) return;
  throw new SsdliteError('WEIGHTS_UNSUPPORTED', 'This is a .pth file of PyTorch, or another archive.', {
    next: "Save it as safetensors: safetensors.torch.save_file(model.state_dict(), 'model.safetensors').",
  });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namedTensors).map((name) => `'${name}'`);
  return `${shown.join(', ')}${names.length > namedTensors ? ` and ${names.length - namedTensors} more` : ''}`;
}

function mismatch(what: string, value: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_MISMATCH', `${what}.`, {
    value,
    next: "Save torchvision's mobilenet_v2, unchanged but for its classifier: model.state_dict().",
  });
}
