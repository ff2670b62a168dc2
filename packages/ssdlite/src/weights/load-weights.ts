// From a manifest and a file's bytes to weights that are known to fit: nothing runs before everything is checked.

import {
  checkWeights,
  decodeWeights,
  describe,
  foldedWeights,
  parseSafetensors,
  SsdliteError,
  type Weights,
} from '@ssdlite/layers';
import { ssdNetwork } from '../network/ssd-network.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { sha256 } from './sha256.ts';

/** Weights that are ready for an engine, and their facts. */
export interface DetectorWeights {
  readonly manifest: Manifest;
  /** With batch norm folded: `foldedWeights` of the manifest's architecture. */
  readonly weights: Weights;
}

/**
 * Checks and decodes a detector's weights.
 *
 * @param options.manifest what its JSON file holds, parsed
 * @param options.bytes the whole safetensors file; float32 tensors remain views into it
 * @throws SsdliteError `WEIGHTS_DAMAGED` if manifest or file are cut short, altered or contradict themselves; `WEIGHTS_MISMATCH` if
 * the file is of another architecture or holds NaN; `WEIGHTS_UNSUPPORTED` for another format
 * @example
 * const { manifest, weights } = await loadDetectorWeights({ manifest: JSON.parse(text), bytes });
 */
export async function loadDetectorWeights(options: {
  readonly manifest: unknown;
  readonly bytes: Uint8Array;
}): Promise<DetectorWeights> {
  const manifest = parseManifest(options.manifest);
  const { file, bytes: length, sha256: expected } = manifest.weights;
  const bytes = ownBytes(options.bytes);
  if (bytes.length !== length) {
    throw new SsdliteError(
      'WEIGHTS_DAMAGED',
      `The weights file '${file}' has ${bytes.length} bytes, its manifest says ${length}.`,
      { value: bytes.length, next: 'Get both files again: one is cut short, or belongs to another.' },
    );
  }
  // The digest runs on another thread while this one parses; if it does not agree, that is what is reported.
  const digest = sha256(bytes);
  const [parsed, actual] = await Promise.allSettled([decode(manifest, bytes), digest]);
  if (actual.status === 'rejected') throw actual.reason;
  if (actual.value !== expected) {
    throw new SsdliteError(
      'WEIGHTS_DAMAGED',
      `The weights file '${file}' is not the one of its manifest: its sha256 is ${actual.value}, expected ${expected}.`,
      {
        value: actual.value,
        next: 'Get both files again: one is altered, or belongs to another.',
        cause: parsed.status === 'rejected' ? parsed.reason : undefined,
      },
    );
  }
  if (parsed.status === 'rejected') throw parsed.reason;
  return { manifest, weights: parsed.value };
}

async function decode(manifest: Manifest, bytes: Uint8Array): Promise<Weights> {
  const specs = foldedWeights(describe(ssdNetwork(manifest.architecture)));
  const weights = decodeWeights(parseSafetensors(bytes).tensors);
  checkWeights(weights, specs, { finite: true });
  return weights;
}

/** WebCrypto takes no view of shared memory. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(bytes);
}
