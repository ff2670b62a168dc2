// Imports a detector from files, whichever of TensorFlow's layouts they have.

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SsdliteError } from '@ssdlite/layers';
import type { Graph, ImportedDetector, ImportOptions, ReadShard } from '../import/index.ts';
import type { Label } from '../labels.ts';

export interface ImportFromPathOptions extends Omit<ImportOptions, 'labels'> {
  /** The labels, or path or file URL of a label map, a text or a JSON file (see `parseLabels`). */
  readonly labels?: string | URL | readonly Label[];
}

/** Names that exporters give their files. */
const fileNames = {
  frozen: 'frozen_inference_graph.pb',
  model: 'model.json',
  pairGraph: 'tensorflowjs_model.pb',
  pairManifest: 'weights_manifest.json',
} as const;

/**
 * Imports a detector from a frozen graph (`.pb`), a TensorFlow.js graph model (`model.json`), the older pair (`tensorflowjs_model.pb` with
 * `weights_manifest.json`: name either), or a folder with one of these.
 *
 * @throws SsdliteError `WEIGHTS_NOT_FOUND` if a file is missing, and what {@link importDetector} and its readers throw
 * @example
 * const imported = await importDetectorFromPath('exported/frozen_inference_graph.pb', { labels: 'label_map.pbtxt' });
 * await writeDetectorWeights('weights', imported);
 */
export async function importDetectorFromPath(
  place: string | URL,
  options: ImportFromPathOptions = {},
): Promise<ImportedDetector> {
  const path = place instanceof URL ? fileURLToPath(place) : place;
  const file = (await isFolder(path)) ? await graphInFolder(path) : path;
  // Loaded when it is needed: detectors start without it.
  const importer = await import('../import/index.ts');
  const graph = await readGraph(file, importer);
  const { labels: labelsInput, name = nameFrom(file), ...others } = options;
  const labels = await readLabels(labelsInput, importer);
  const source = options.source ?? { name, file: basename(file) };
  return importer.importDetector(graph, { ...others, ...(labels && { labels }), name, source });
}

type Importer = typeof import('../import/index.ts');

async function readGraph(file: string, importer: Importer): Promise<Graph> {
  const { readFrozenGraph, readGraphModel, readGraphModelPair } = importer;
  const folder = dirname(file);
  const readShard: ReadShard = (shard) => readWithin(folder, shard);
  const pair = async (): Promise<Graph> =>
    readGraphModelPair({
      graph: await readBytes(join(folder, fileNames.pairGraph)),
      weightsManifest: parseJson(
        await readBytes(join(folder, fileNames.pairManifest)),
        fileNames.pairManifest,
      ),
      readShard,
    });
  const name = basename(file);
  if (name === fileNames.pairGraph || name === fileNames.pairManifest) return pair();
  switch (extname(file).toLowerCase()) {
    case '.pb':
      return readFrozenGraph(await readBytes(file));
    case '.json':
      return readGraphModel({ modelJson: parseJson(await readBytes(file), name), readShard });
    default:
      throw new SsdliteError('WEIGHTS_UNSUPPORTED', `'${file}' is neither a .pb nor a .json file.`, {
        value: file,
        next: `Name a frozen graph (.pb), a TensorFlow.js ${fileNames.model}, or the folder of either.`,
      });
  }
}

async function graphInFolder(folder: string): Promise<string> {
  for (const name of [fileNames.model, fileNames.frozen, fileNames.pairManifest, 'saved_model.pb']) {
    const path = join(folder, name);
    if ((await isFolder(path)) === false) return path;
  }
  throw new SsdliteError('WEIGHTS_NOT_FOUND', `The folder '${folder}' holds no model that is known here.`, {
    value: folder,
    next: `Looked for ${fileNames.model}, ${fileNames.frozen} and ${fileNames.pairManifest}; name the file itself.`,
  });
}

async function readLabels(
  labels: ImportFromPathOptions['labels'],
  { parseLabels }: Importer,
): Promise<readonly Label[] | undefined> {
  if (typeof labels !== 'string' && !(labels instanceof URL)) return labels;
  const path = labels instanceof URL ? fileURLToPath(labels) : labels;
  return parseLabels(new TextDecoder().decode(await readBytes(path)));
}

/** A name for files from the name of one, or of its folder where that says more. */
function nameFrom(file: string): string {
  const generic: readonly string[] = Object.values(fileNames);
  const text = generic.includes(basename(file))
    ? basename(dirname(resolve(file)))
    : basename(file, extname(file));
  return text.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'detector';
}

/** Reads a shard; a manifest must not lead out of its folder. */
async function readWithin(folder: string, shard: string): Promise<Uint8Array> {
  const path = resolve(folder, shard);
  const inside = relative(folder, path);
  if (inside === '' || inside.startsWith('..') || resolve(inside) === inside) {
    throw new SsdliteError(
      'WEIGHTS_DAMAGED',
      `The weights manifest names the shard '${shard}', outside of its folder.`,
      {
        value: shard,
        next: 'Get the whole model again.',
      },
    );
  }
  return readBytes(path);
}

/** Undefined if there is nothing. */
async function isFolder(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return undefined;
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const what = code === 'ENOENT' ? `There is no file '${path}'.` : `'${path}' cannot be read (${code}).`;
    throw new SsdliteError('WEIGHTS_NOT_FOUND', what, {
      value: path,
      next: 'Check the path and its permissions; relative paths start at the current folder.',
      cause,
    });
  }
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SsdliteError('WEIGHTS_DAMAGED', `'${name}' is no JSON text.`, {
      value: name,
      next: 'Get it again.',
      cause,
    });
  }
}
