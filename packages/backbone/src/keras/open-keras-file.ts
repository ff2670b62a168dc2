// Every form in which Keras saves a model, recognised by its content: HDF5, the `.keras` archive, a TensorFlow.js layers model.

import { JsonValue, readWeightShards, SsdliteError } from '@ssdlite/layers';
import type { LayerWeights } from './layer-weights.ts';
import { importOptional } from './optional-package.ts';
import { isHdf5, readHdf5 } from './read-hdf5.ts';
import { namedWeightsGroup, readNamedWeights } from './read-named-weights.ts';
import { hasNumberedWeights, readNumberedWeights } from './read-numbered-weights.ts';

/** What a file holds. */
export interface KerasFile {
  /** The model, `{ class_name, config }`; undefined in a file of weights alone. */
  readonly model: JsonValue | undefined;
  readonly layers: readonly LayerWeights[];
}

/** Gives the bytes of a shard by the path that `model.json` has for it. */
export type ReadShard = (path: string) => Uint8Array | Promise<Uint8Array>;

const archived = { model: 'config.json', weights: 'model.weights.h5' } as const;
/** What a file of an archive may unpack to. */
const maxUnpackedBytes = 2 ** 30;

/**
 * Opens a file.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for a format that is not read, `WEIGHTS_DAMAGED`, `OPTIONAL_DEPENDENCY_MISSING`,
 * `INVALID_ARGUMENT` for a `model.json` without `readShard`
 */
export async function openKerasFile(bytes: Uint8Array, readShard: ReadShard | undefined): Promise<KerasFile> {
  if (isHdf5(bytes)) return openHdf5(bytes, undefined);
  if (startsWith(bytes, [0x50, 0x4b])) return openArchive(bytes);
  if (startsWith(bytes, [0x7b])) return openLayersModel(bytes, readShard);
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw unsupported(bytes.length === 0 ? 'The file is empty' : `The file begins with ${start}`, start);
}

async function openHdf5(bytes: Uint8Array, model: JsonValue | undefined): Promise<KerasFile> {
  const root = await readHdf5(bytes);
  const written = root.attributes.get('model_config');
  const own = typeof written === 'string' ? parseJson(written, "The model's configuration") : model;
  const named = namedWeightsGroup(root);
  if (named) return { model: own, layers: readNamedWeights(named) };
  if (hasNumberedWeights(root)) return { model: own, layers: readNumberedWeights(root, own) };
  const groups = [...root.groups.keys(), ...root.tensors.keys()].slice(0, 5).map((name) => `'${name}'`);
  throw unsupported(`The HDF5 file holds no weights of Keras but ${groups.join(', ') || 'nothing'}`, groups);
}

async function openArchive(bytes: Uint8Array): Promise<KerasFile> {
  const { unzipSync } = await importOptional('fflate', () => import('fflate'));
  const names: string[] = [];
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter({ name, originalSize }) {
        names.push(name);
        return Object.values<string>(archived).includes(name) && originalSize <= maxUnpackedBytes;
      },
    });
  } catch (cause) {
    throw new SsdliteError('WEIGHTS_DAMAGED', 'The archive cannot be unpacked: it is damaged or cut short.', {
      next: 'Get the .keras file again from where it came.',
      cause,
    });
  }
  const { [archived.model]: model, [archived.weights]: weights } = files;
  if (model && weights) {
    return openHdf5(
      weights,
      parseJson(new TextDecoder().decode(model), `'${archived.model}' in the archive`),
    );
  }
  const isPyTorch = names.some((name) => name.endsWith('data.pkl'));
  throw unsupported(
    isPyTorch
      ? "The file is PyTorch's"
      : `The archive has ${names.slice(0, 5).join(', ') || 'no files'} instead of ${archived.model} and ${archived.weights}`,
    names,
  );
}

async function openLayersModel(bytes: Uint8Array, readShard: ReadShard | undefined): Promise<KerasFile> {
  const json = parseJson(new TextDecoder().decode(bytes), 'model.json');
  if (json.get('format').value === 'graph-model') {
    throw unsupported('The model.json is of a graph model, which has no layers any more', 'graph-model');
  }
  const topology = json.get('modelTopology');
  const manifest = json.get('weightsManifest');
  if (!topology.present) throw unsupported('The JSON file is no model of TensorFlow.js', json.keys());
  if (!readShard) {
    throw new SsdliteError('INVALID_ARGUMENT', 'A model.json has its weights in files beside it.', {
      next: 'Pass readShard, which gives their bytes.',
    });
  }
  const layers = new Map<string, LayerWeights & { tensors: LayerWeights['tensors'][number][] }>();
  for (const [path, { shape, data }] of await readWeightShards(manifest, readShard)) {
    const [name, layerName = ''] = path.split('/').reverse();
    const layer = layers.get(layerName) ?? { names: [layerName], containers: [], tensors: [] };
    layers.set(layerName, layer);
    if (data instanceof Float32Array) layer.tensors.push({ name, tensor: { shape, data } });
  }
  const inner = topology.get('model_config');
  return { model: inner.present ? inner : topology, layers: [...layers.values()] };
}

function parseJson(text: string, document: string): JsonValue {
  try {
    return new JsonValue(JSON.parse(text), { document });
  } catch (cause) {
    throw new SsdliteError('WEIGHTS_DAMAGED', `${document} is no JSON text.`, {
      value: text.slice(0, 60),
      next: 'Get the model again from where it came.',
      cause,
    });
  }
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function unsupported(what: string, value: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `${what}.`, {
    value,
    next: 'Read are .h5, .weights.h5 and .keras of Keras, and a TensorFlow.js layers model (model.json).',
  });
}
