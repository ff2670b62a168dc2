// Reads an HDF5 file into plain objects. The format is read by h5wasm, the HDF5 library compiled to WebAssembly.

import { SsdliteError, sizeOf, type WeightTensor } from '@ssdlite/layers';
import { importOptional } from './optional-package.ts';

/** A group: a folder within the file. */
export interface Hdf5Group {
  /** Texts and lists of texts; other attributes are left out. */
  readonly attributes: ReadonlyMap<string, string | readonly string[]>;
  readonly groups: ReadonlyMap<string, Hdf5Group>;
  /** Floating-point tensors. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Names of what else there is: states of random generators, step counts. */
  readonly others: ReadonlySet<string>;
}

/** What optimisers keep is of no use here and up to twice as large as the weights. */
const leftOut = new Set(['optimizer_weights', 'optimizer']);
/** A file that claims more than this lies, or is no MobileNet's. */
const maxTensorBytes = 2 ** 28;
/** HDF5's numbers for kinds of types (H5T_class_t). */
const numberOf = { floats: 1, texts: 3 } as const;
const maxDepth = 20;
const maxObjects = 50_000;

type H5wasm = typeof import('h5wasm');
type Entity = ReturnType<InstanceType<H5wasm['Group']>['get']>;

/** Whether bytes start as an HDF5 file does. */
export function isHdf5(bytes: Uint8Array): boolean {
  return [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, index) => bytes[index] === byte);
}

/**
 * Reads a whole file.
 *
 * @throws SsdliteError `OPTIONAL_DEPENDENCY_MISSING` without h5wasm; `WEIGHTS_DAMAGED` for a file that is cut short or contradicts
 * itself; `WEIGHTS_UNSUPPORTED` for links to other files and number formats that are not read
 */
export async function readHdf5(bytes: Uint8Array): Promise<Hdf5Group> {
  const h5wasm = await importOptional('h5wasm', () => import('h5wasm'));
  const module = await h5wasm.ready;
  // The library reads from files, so the bytes become one in its memory: a new one, since it may keep a damaged one open.
  const name = `${Math.random()}.h5`;
  module.FS.writeFile(name, bytes);
  const throwing = module as unknown as Record<`${'' | 'de'}activate_throwing_error_handler`, () => void>;
  try {
    // Otherwise the library writes its errors to the console.
    throwing.activate_throwing_error_handler();
    return readFile(h5wasm, name);
  } catch (cause) {
    if (cause instanceof SsdliteError) throw cause;
    throw damaged('It cannot be read', firstReason(cause), cause);
  } finally {
    throwing.deactivate_throwing_error_handler();
    module.FS.unlink(name);
  }
}

function readFile(h5wasm: H5wasm, name: string): Hdf5Group {
  const file = new h5wasm.File(name, 'r');
  try {
    return new Reader(h5wasm).group(file, 0);
  } finally {
    file.close();
  }
}

class Reader {
  readonly #h5wasm: H5wasm;
  #objects = 0;

  constructor(h5wasm: H5wasm) {
    this.#h5wasm = h5wasm;
  }

  group(group: InstanceType<H5wasm['Group']>, depth: number): Hdf5Group {
    if (depth > maxDepth) throw damaged('Its groups are nested without end', depth);
    const groups = new Map<string, Hdf5Group>();
    const tensors = new Map<string, WeightTensor>();
    const others = new Set<string>();
    for (const name of group.keys()) {
      if (leftOut.has(name)) continue;
      this.#objects++;
      if (this.#objects > maxObjects) throw damaged(`It has more than ${maxObjects} objects`, maxObjects);
      const entity = group.get(name);
      if (entity instanceof this.#h5wasm.Group) groups.set(name, this.group(entity, depth + 1));
      else if (entity instanceof this.#h5wasm.Dataset) {
        const tensor = readTensor(entity);
        if (tensor) tensors.set(name, tensor);
        else others.add(name);
      } else throw unreadable(name, entity);
    }
    return { attributes: readAttributes(group), groups, tensors, others };
  }
}

function readTensor(dataset: InstanceType<H5wasm['Dataset']>): WeightTensor | undefined {
  const { metadata, path } = dataset;
  if (metadata.type !== numberOf.floats) return undefined;
  const { shape, size, littleEndian } = metadata;
  if (!shape) throw damaged(`'${path}' has no shape`, path);
  if (sizeOf(shape) * size > maxTensorBytes)
    throw damaged(`'${path}' claims the shape [${shape.join(', ')}]`, path);
  if ((size !== 4 && size !== 8) || !littleEndian) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      `'${path}' has numbers of ${size * 8} bits in a form that is not read.`,
      {
        value: path,
        next: 'Save the model with float32 weights.',
      },
    );
  }
  const { value } = dataset;
  if (value instanceof Float32Array) return { shape, data: value };
  if (value instanceof Float64Array) return { shape, data: Float32Array.from(value) };
  // A tensor without axes, such as a metric's mean.
  if (typeof value === 'number') return { shape, data: Float32Array.of(value) };
  throw damaged(`'${path}' holds nothing`, path);
}

function readAttributes(group: InstanceType<H5wasm['Group']>): Map<string, string | string[]> {
  const attributes = new Map<string, string | string[]>();
  for (const [name, attribute] of Object.entries(group.attrs)) {
    if (attribute.metadata.type !== numberOf.texts) continue;
    const { value } = attribute;
    if (typeof value === 'string') attributes.set(name, value);
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
      attributes.set(name, value);
  }
  return attributes;
}

function unreadable(name: string, entity: Entity): SsdliteError {
  if (entity === null) return damaged(`'${name}' cannot be found`, name);
  return new SsdliteError(
    'WEIGHTS_UNSUPPORTED',
    `'${name}' in the HDF5 file is a ${'type' in entity ? entity.type : 'Reference'}.`,
    {
      value: name,
      next: 'Save the model whole, into one file.',
    },
  );
}

/** The innermost of the library's reasons says most. */
function firstReason(cause: unknown): string | undefined {
  const text = cause instanceof Error ? cause.message : String(cause);
  return [...text.matchAll(/^\s*#\d+: .*?: (.*)$/gm)].at(-1)?.[1];
}

function damaged(what: string, value: unknown, cause?: unknown): SsdliteError {
  const why = cause !== undefined && typeof value === 'string' ? ` (${value})` : '';
  return new SsdliteError('WEIGHTS_DAMAGED', `The HDF5 file is damaged: ${what}${why}.`, {
    value,
    next: 'Get the file again from where it came.',
    cause,
  });
}
