// The newer layout of Keras' HDF5 files, `.weights.h5`: layers are numbered class by class, and so are the tensors of each.

import { describe, type JsonValue, summaryRows } from '@ssdlite/layers';
import type { BackboneName } from '../backbone.ts';
import { classifierNetwork } from '../classifier-network.ts';
import type { LayerWeights } from './layer-weights.ts';
import type { Hdf5Group } from './read-hdf5.ts';

/** Groups that stand for a model's list of layers, not for a layer. */
const listGroups = new Set(['layers', '_layer_checkpoint_dependencies']);
/** Groups without weights of the network. */
const otherGroups = new Set(['vars', 'seed_generator', 'metrics']);

/** A layer's class and name. */
interface NamedLayer {
  readonly kind: string;
  readonly name: string;
  /** Of a nested model. */
  readonly layers: readonly NamedLayer[] | undefined;
}

/** Whether a file has this layout. */
export function hasNumberedWeights(root: Hdf5Group): boolean {
  return [...root.groups].some(
    ([name, group]) => listGroups.has(name) || hasNumberedWeights(group) || name === 'vars',
  );
}

/**
 * Reads every layer that has weights.
 *
 * A layer's name is in the file (newer Keras 3), in the model's configuration, or, with neither, follows from the layer's number and
 * the order of layers in a MobileNet.
 *
 * @param config the model's configuration, `{ class_name, config }`, if there is one
 */
export function readNumberedWeights(root: Hdf5Group, config: JsonValue | undefined): LayerWeights[] {
  return readGroup(root, { containers: [], known: config && layersOf(config) });
}

interface Place {
  readonly containers: readonly string[];
  /** The layers of this model, if they are known. */
  readonly known: readonly NamedLayer[] | undefined;
}

function readGroup(group: Hdf5Group, place: Place): LayerWeights[] {
  const known = place.known ?? mobileNetLayers(group);
  return [...group.groups].flatMap(([numbered, child]) => {
    if (otherGroups.has(numbered)) return [];
    if (listGroups.has(numbered)) return readGroup(child, place);
    const vars = child.groups.get('vars');
    const layer = known && findNumbered(numbered, known);
    const written = vars?.attributes.get('name');
    const name = typeof written === 'string' ? written : (layer?.name ?? numbered);
    const tensors = [...(vars?.tensors ?? [])]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, tensor]) => ({ name: undefined, tensor }));
    const own: LayerWeights[] =
      tensors.length > 0 ? [{ names: [name], containers: place.containers, tensors }] : [];
    const nested = { containers: [...place.containers, name], known: layer?.layers };
    return [...own, ...readGroup(child, nested)];
  });
}

/** `conv2d_3` is the fourth Conv2D. */
function findNumbered(numbered: string, layers: readonly NamedLayer[]): NamedLayer | undefined {
  const { kind, number } = splitNumber(numbered);
  return layers.filter((layer) => snakeCase(layer.kind) === kind)[number];
}

function splitNumber(numbered: string): { readonly kind: string; readonly number: number } {
  const [, kind = numbered, number = '0'] = /^(.*?)(?:_(\d+))?$/.exec(numbered) ?? [];
  return { kind, number: Number(number) };
}

/** As Keras writes class names: `DepthwiseConv2D` is `depthwise_conv2d`. */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function layersOf(model: JsonValue): NamedLayer[] | undefined {
  const layers = model.get('config').get('layers');
  if (!layers.present) return undefined;
  return layers.items().map((layer) => {
    const config = layer.get('config');
    const name = config.get('name');
    const kind = layer.get('class_name').string();
    return {
      kind,
      name: name.present ? name.string() : '',
      layers: config.get('layers').present ? layersOf(layer) : undefined,
    };
  });
}

/** The layers of the MobileNet whose convolutions a group has as many of. */
function mobileNetLayers(group: Hdf5Group): NamedLayer[] | undefined {
  const count = (kind: string): number =>
    [...group.groups.keys()].filter((name) => splitNumber(name).kind === kind).length;
  const depthwise = count('depthwise_conv2d');
  // With MobileNetV1's dense layer or without.
  const isV1 = depthwise === 13 && [14, 15].includes(count('conv2d'));
  const isV2 = depthwise === 17 && count('conv2d') === 35;
  const backbone: BackboneName | undefined = isV2 ? 'mobilenet-v2' : isV1 ? 'mobilenet-v1' : undefined;
  if (!backbone) return undefined;
  const network = classifierNetwork({ backbone, alpha: 1, inputSize: { height: 32, width: 32 } });
  return summaryRows(describe(network)).map(({ name, kind }) => ({
    // Keras writes MobileNetV1's dense layer as a 1 x 1 convolution.
    kind: name === 'conv_preds' ? 'Conv2D' : kind,
    name,
    layers: undefined,
  }));
}
