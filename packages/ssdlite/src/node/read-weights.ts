// A detector's weights from disk, by whichever of their two files a person names.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cocoWeights } from '@ssdlite/coco-weights';
import { SsdliteError } from '@ssdlite/layers';
import { type DetectorWeights, loadDetectorWeights } from '../weights/load-weights.ts';
import { parseManifest } from '../weights/manifest.ts';

/** A weights file and its manifest as they are on disk. */
export interface WeightsFiles {
  /** Parsed, not checked. */
  readonly manifest: unknown;
  readonly bytes: Uint8Array;
}

/**
 * Reads and checks a detector's weights.
 *
 * @param place path or file URL of the manifest (`.json`), of the weights (`.safetensors`, with its manifest beside it), or of a
 * folder with one manifest; default: the COCO weights of `@ssdlite/coco-weights`
 * @throws SsdliteError `WEIGHTS_NOT_FOUND` if a file is missing or cannot be read; and what {@link loadDetectorWeights} throws
 * @example
 * const { manifest, weights } = await readDetectorWeights('my-weights/');
 */
export async function readDetectorWeights(place?: string | URL): Promise<DetectorWeights> {
  return loadDetectorWeights(await readWeightsFiles(place));
}

/**
 * Reads both files of a detector's weights, for those who write them elsewhere; `createDetector` and {@link loadDetectorWeights} take
 * and check them.
 *
 * @param place as for {@link readDetectorWeights}
 * @throws SsdliteError `WEIGHTS_NOT_FOUND`, `WEIGHTS_DAMAGED`, `WEIGHTS_MISMATCH`, `WEIGHTS_UNSUPPORTED`
 */
export async function readWeightsFiles(place: string | URL = cocoWeights.manifest): Promise<WeightsFiles> {
  const path = pathOf(place);
  const directory = await isDirectory(path);
  if (directory === undefined) throw notFound(path, undefined);
  if (directory) return readPair(await manifestInFolder(path), undefined);
  switch (extname(path).toLowerCase()) {
    case '.json':
      return readPair(path, undefined);
    case '.safetensors':
      return readPair(await manifestOf(path), path);
    default:
      throw new SsdliteError('WEIGHTS_UNSUPPORTED', `'${path}' is neither a .json nor a .safetensors file.`, {
        value: path,
        next: 'Name the weights or their manifest, or make them first: ssdlite import.',
      });
  }
}

/** @param weightsPath if the caller named it: then it must be the manifest's own */
async function readPair(manifestPath: string, weightsPath: string | undefined): Promise<WeightsFiles> {
  const manifest = parseJson(await readBytes(manifestPath), manifestPath);
  const { file } = parseManifest(manifest).weights;
  if (weightsPath !== undefined && basename(weightsPath) !== file) {
    throw new SsdliteError('WEIGHTS_MISMATCH', `The manifest '${manifestPath}' belongs to '${file}'.`, {
      value: file,
      next: `Put the manifest of '${basename(weightsPath)}' beside it, under the same name with .json.`,
    });
  }
  return { manifest, bytes: await readBytes(join(dirname(manifestPath), file)) };
}

async function manifestInFolder(folder: string): Promise<string> {
  const found = (await readdir(folder)).filter((name) => extname(name).toLowerCase() === '.json');
  const weighed = found.length > 1 ? await manifestsAmong(folder, found) : found;
  const [name] = weighed;
  if (name !== undefined && weighed.length === 1) return join(folder, name);
  const what =
    name === undefined ? 'has no weights manifest (.json)' : `has ${weighed.length} weights manifests`;
  throw new SsdliteError('WEIGHTS_NOT_FOUND', `The folder '${folder}' ${what}.`, {
    value: folder,
    next: name === undefined ? 'Make weights first: ssdlite import.' : `Name one: ${weighed.join(', ')}.`,
  });
}

/** Of several JSON files, those that have weights beside them under their own name. */
async function manifestsAmong(folder: string, names: readonly string[]): Promise<string[]> {
  const kept = await Promise.all(
    names.map(async (name) => {
      const weights = join(folder, `${basename(name, extname(name))}.safetensors`);
      return (await isDirectory(weights)) === false;
    }),
  );
  const paired = names.filter((_, index) => kept[index]);
  return paired.length > 0 ? paired : [...names];
}

/** The manifest beside a weights file: the same name with `.json`. */
async function manifestOf(weightsPath: string): Promise<string> {
  const path = `${weightsPath.slice(0, -extname(weightsPath).length)}.json`;
  if ((await isDirectory(path)) !== undefined) return path;
  throw new SsdliteError('WEIGHTS_NOT_FOUND', `'${weightsPath}' has no manifest beside it.`, {
    value: weightsPath,
    next: `It tells architecture and labels, and must be at '${path}'.`,
  });
}

/** Undefined if there is nothing. */
async function isDirectory(path: string): Promise<boolean | undefined> {
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
    throw notFound(path, cause);
  }
}

function notFound(path: string, cause: unknown): SsdliteError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ENOENT';
  const what = code === 'ENOENT' ? `There is no file '${path}'.` : `'${path}' cannot be read (${code}).`;
  return new SsdliteError('WEIGHTS_NOT_FOUND', what, {
    value: path,
    next: 'Check the path and its permissions; relative paths start at the current folder.',
    cause,
  });
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SsdliteError('WEIGHTS_DAMAGED', `The weights manifest '${path}' is no JSON text.`, {
      value: path,
      next: 'Get it again from where it came.',
      cause,
    });
  }
}

function pathOf(place: string | URL): string {
  const url = place instanceof URL ? place : place.startsWith('file:') ? new URL(place) : undefined;
  if (!url) return String(place);
  if (url.protocol === 'file:') return fileURLToPath(url);
  throw new SsdliteError('WEIGHTS_UNSUPPORTED', `Weights are not read from ${url.protocol} addresses.`, {
    value: url.href,
    next: 'Download the two files and name their path.',
  });
}
