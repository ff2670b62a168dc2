// A detector's weights in the browser: the package's own, from any address, or from what the page has in memory.

import { cocoWeights } from '@ssdlite/coco-weights';
import { SsdliteError } from '@ssdlite/layers';
import { type DetectorWeights, loadDetectorWeights } from '../weights/load-weights.ts';
import { type Manifest, parseManifest } from '../weights/manifest.ts';
import { resolveCache, throughCache, type WeightsCache } from './cache/weights-cache.ts';
import { fetchBytes, type Progress } from './fetch-bytes.ts';

/**
 * Weights as a page has them:
 * - a URL of the manifest (`.json`) or of the weights (`.safetensors`), the other one beside it under the name that the manifest says;
 * - both, each as a URL, a `Blob` or `File`, or in memory, the manifest parsed.
 */
export type WeightsInput =
  | string
  | URL
  | {
      readonly manifest: unknown;
      readonly bytes: string | URL | Blob | ArrayBuffer | Uint8Array;
    };

export interface ReadWeightsOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Whether weights that come from a URL are kept in the browser, and taken from there; true is the one that this page has. */
  readonly cache?: boolean | WeightsCache | undefined;
}

/** The two files of a detector's weights; nothing is checked yet. */
export interface WeightFiles {
  /** Parsed JSON. */
  readonly manifest: unknown;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads and checks a detector's weights.
 *
 * @param input default: the COCO weights of `@ssdlite/coco-weights`
 * @throws SsdliteError `FETCH_FAILED`, `ABORTED`, and what `loadDetectorWeights` throws
 */
export async function readDetectorWeights(
  input?: WeightsInput,
  options?: ReadWeightsOptions,
): Promise<DetectorWeights> {
  return loadDetectorWeights(await readWeightFiles(input, options));
}

/** Reads the two files. */
export async function readWeightFiles(
  input?: WeightsInput,
  options: ReadWeightsOptions = {},
): Promise<WeightFiles> {
  if (input === undefined) return readCocoWeights(options);
  if (typeof input === 'string' || input instanceof URL) return readBeside(pageUrl(input), options);
  return readPair(input, options);
}

async function readCocoWeights(options: ReadWeightsOptions): Promise<WeightFiles> {
  const { manifest, weights } = cocoAddresses();
  try {
    return await readPair({ manifest, bytes: weights }, options);
  } catch (cause) {
    if (!(cause instanceof SsdliteError) || cause.code !== 'FETCH_FAILED') throw cause;
    throw new SsdliteError(
      'FETCH_FAILED',
      "The COCO weights are not where this page's bundler should have put them.",
      {
        value: manifest.href,
        next: 'Copy the two files in @ssdlite/coco-weights/weights to where the page can load them, and pass weights: "<their address>.json".',
        cause,
      },
    );
  }
}

function cocoAddresses(): { readonly manifest: URL; readonly weights: URL } {
  try {
    const { manifest, weights } = cocoWeights;
    return { manifest, weights };
  } catch (cause) {
    throw new SsdliteError(
      'FETCH_FAILED',
      'This script was bundled as no ES module, so it does not know where the COCO weights lie.',
      {
        next: 'Bundle it as one (esbuild: --format=esm), or copy the two files in @ssdlite/coco-weights/weights to where the page can load them, and pass weights: "<their address>.json".',
        cause,
      },
    );
  }
}

async function readPair(
  input: Exclude<WeightsInput, string | URL>,
  options: ReadWeightsOptions,
): Promise<WeightFiles> {
  const manifest = readManifest(input.manifest, options);
  if (options.cache) {
    const read = await manifest;
    return { manifest: read, bytes: await readBytes(input.bytes, () => parseManifest(read), options) };
  }
  // Both at once: the manifest is there long before the weights.
  let parsed: Manifest | undefined;
  const [json, bytes] = await Promise.all([
    manifest.then((read) => {
      parsed = parseManifest(read);
      return read;
    }),
    readBytes(input.bytes, () => parsed, options),
  ]);
  return { manifest: json, bytes };
}

/** One file named, the other beside it. */
async function readBeside(url: URL, options: ReadWeightsOptions): Promise<WeightFiles> {
  const [, stem, extension] = /^(.*)\.(json|safetensors)$/i.exec(url.pathname) ?? [];
  if (stem === undefined || extension === undefined) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      `"${url.pathname}" is neither a .json nor a .safetensors file.`,
      {
        value: url.href,
        next: 'Name the weights or their manifest, or pass both as { manifest, bytes }.',
      },
    );
  }
  const isManifest = extension.toLowerCase() === 'json';
  const manifestUrl = new URL(url);
  if (!isManifest) manifestUrl.pathname = `${stem}.json`;
  const manifest = await readManifest(manifestUrl, options);
  const parsed = parseManifest(manifest);
  const weightsUrl = isManifest ? new URL(parsed.weights.file, url) : url;
  return { manifest, bytes: await readBytes(weightsUrl, () => parsed, options) };
}

async function readManifest(manifest: unknown, { signal }: ReadWeightsOptions): Promise<unknown> {
  const isAddress = typeof manifest === 'string' || manifest instanceof URL;
  if (!isAddress && !(manifest instanceof Blob)) return manifest;
  const text = isAddress
    ? new TextDecoder().decode(await fetchBytes(pageUrl(manifest), { expect: 'weights manifest', signal }))
    : await manifest.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SsdliteError(
      'WEIGHTS_DAMAGED',
      `The weights manifest ${isAddress ? `"${manifest}" ` : ''}is no JSON text.`,
      {
        value: text.slice(0, 80),
        next: 'Get it again from where it came.',
        cause,
      },
    );
  }
}

/** @param manifest what is known of it by now */
async function readBytes(
  bytes: Exclude<WeightsInput, string | URL>['bytes'],
  manifest: () => Manifest | undefined,
  { cache, signal, onProgress }: ReadWeightsOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  // Copies: what is made of them may be handed to a worker, and the caller's are the caller's.
  if (bytes instanceof Uint8Array) return new Uint8Array(bytes);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes.slice(0));
  if (bytes instanceof Blob) return new Uint8Array(await bytes.arrayBuffer());
  if (typeof bytes !== 'string' && !(bytes instanceof URL)) {
    throw new SsdliteError('INVALID_ARGUMENT', `The weights' bytes are of type ${typeof bytes}.`, {
      value: bytes,
      next: 'Pass a URL, a Blob or File, an ArrayBuffer or a Uint8Array.',
    });
  }
  const total = () => manifest()?.weights.bytes;
  const download = () => fetchBytes(pageUrl(bytes), { expect: 'weights file', signal, onProgress, total });
  const sha256 = manifest()?.weights.sha256;
  const where = resolveCache(cache);
  if (!where || sha256 === undefined) return download();
  return throughCache({ where, expected: sha256 }, download);
}

function pageUrl(address: string | URL): URL {
  try {
    return new URL(address, typeof document === 'undefined' ? location.href : document.baseURI);
  } catch (cause) {
    throw new SsdliteError('INVALID_ARGUMENT', `"${String(address)}" is not a URL.`, {
      value: address,
      next: 'Check how it is written.',
      cause,
    });
  }
}
