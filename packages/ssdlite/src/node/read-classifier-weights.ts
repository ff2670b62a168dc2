// A classifier's weights from disk or memory, whichever program saved them.

import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClassifierWeights, loadExportedClassifier, requireHead } from '@ssdlite/backbone';
import { SsdliteError } from '@ssdlite/layers';

/** Path or file URL of a weights file, or its bytes. */
export type ClassifierWeightsInput = string | URL | Uint8Array;

/**
 * Reads the weights of a MobileNet classifier: Keras' `.h5`, `.weights.h5` and `.keras`, a TensorFlow.js `model.json`, torchvision's
 * as `.safetensors`, or what `ssdlite export` wrote as such. What it is, is told by its content.
 *
 * @param options.inputSize pixels, for files that do not say
 * @throws SsdliteError `WEIGHTS_NOT_FOUND`, and what `loadKeras`, `loadTorchvision` and `loadExportedClassifier` throw
 */
export async function readClassifierWeights(
  input: ClassifierWeightsInput,
  {
    inputSize,
  }: { readonly inputSize?: { readonly height: number; readonly width: number } | undefined } = {},
): Promise<ClassifierWeights> {
  const path = input instanceof URL ? fileURLToPath(input) : typeof input === 'string' ? input : undefined;
  const bytes = input instanceof Uint8Array ? input : await readBytes(path as string);
  const options = { bytes, ...(inputSize && { inputSize }) };
  if (isSafetensors(bytes)) {
    const exported = loadExportedClassifier(options);
    if (exported) return exported;
    const { loadTorchvision } = await import('@ssdlite/backbone/torchvision');
    return requireHead(loadTorchvision(options));
  }
  const { loadKeras } = await import('@ssdlite/backbone/keras');
  if (path === undefined) return requireHead(await loadKeras(options));
  return requireHead(await loadKeras({ ...options, readShard: (shard) => readShard(dirname(path), shard) }));
}

/** Eight bytes of length, then JSON of that length: the bytes of a text would be a length beyond any file. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 9 || bytes[8] !== '{'.charCodeAt(0)) return false;
  const header = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  return header <= BigInt(bytes.length - 8);
}

function readShard(folder: string, shard: string): Promise<Uint8Array> {
  const inside = relative(folder, resolve(folder, shard));
  if (inside.startsWith('..')) {
    throw new SsdliteError('WEIGHTS_DAMAGED', `The model names a file outside of its folder: '${shard}'.`, {
      value: shard,
      next: 'Get the model again, from somebody you trust.',
    });
  }
  return readBytes(join(folder, inside));
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new SsdliteError('WEIGHTS_NOT_FOUND', `The weights '${path}' cannot be read.`, {
      value: path,
      next: 'Check the path and who may read it.',
      cause,
    });
  }
}
