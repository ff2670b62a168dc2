// A detector's weights in the browser: the package's own, from any address, or from what the page has in memory.

import { cocoWeights } from '@ssdlite/coco-weights';
import { SsdliteError } from '@ssdlite/layers';
import { type DetectorWeights, loadDetectorWeights } from '../weights/load-weights.ts';
import { parseManifest } from '../weights/manifest.ts';
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
}

/**
 * Reads and checks a detector's weights.
 *
 * @param input default: the COCO weights of `@ssdlite/coco-weights`
 * @throws SsdliteError `FETCH_FAILED`, `ABORTED`, and what `loadDetectorWeights` throws
 */
export async function readDetectorWeights(
  input: WeightsInput = { manifest: cocoWeights.manifest, bytes: cocoWeights.weights },
  options: ReadWeightsOptions = {},
): Promise<DetectorWeights> {
  if (typeof input === 'string' || input instanceof URL) return readBeside(pageUrl(input), options);
  let total: number | undefined;
  const [manifest, bytes] = await Promise.all([
    readManifest(input.manifest, options).then((json) => {
      total = parseManifest(json).weights.bytes;
      return json;
    }),
    readBytes(input.bytes, { ...options, total: () => total }),
  ]);
  return loadDetectorWeights({ manifest, bytes });
}

/** One file named, the other beside it. */
async function readBeside(url: URL, options: ReadWeightsOptions): Promise<DetectorWeights> {
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
  const manifestUrl = new URL(url);
  if (extension.toLowerCase() !== 'json') manifestUrl.pathname = `${stem}.json`;
  const manifest = await readManifest(manifestUrl, options);
  const { file, bytes: length } = parseManifest(manifest).weights;
  const weightsUrl = extension.toLowerCase() === 'json' ? new URL(file, url) : url;
  const bytes = await readBytes(weightsUrl, { ...options, total: () => length });
  return loadDetectorWeights({ manifest, bytes });
}

async function readManifest(manifest: unknown, { signal }: ReadWeightsOptions): Promise<unknown> {
  const isAddress = typeof manifest === 'string' || manifest instanceof URL;
  if (!isAddress && !(manifest instanceof Blob)) return manifest;
  const text = isAddress
    ? new TextDecoder().decode(await fetchBytes(pageUrl(manifest), { expect: 'manifest', signal }))
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

async function readBytes(
  bytes: Exclude<WeightsInput, string | URL>['bytes'],
  options: ReadWeightsOptions & { readonly total: () => number | undefined },
): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (bytes instanceof Blob) return new Uint8Array(await bytes.arrayBuffer());
  if (typeof bytes === 'string' || bytes instanceof URL)
    return fetchBytes(pageUrl(bytes), { ...options, expect: 'weights' });
  throw new SsdliteError('INVALID_ARGUMENT', `The weights' bytes are of type ${typeof bytes}.`, {
    value: bytes,
    next: 'Pass a URL, a Blob or File, an ArrayBuffer or a Uint8Array.',
  });
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
