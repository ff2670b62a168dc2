// TensorFlow.js' WebAssembly files: which build this browser can run, and its bytes, which come inside this package.

import { fetchBytes } from '../../fetch-bytes.ts';
import { bytesFromBase64 } from './bytes-from-base64.ts';
import { hasSimd, hasThreads } from './wasm-features.ts';

/** Options of {@link readWasm}. */
export interface WasmOptions {
  /** Folder that holds `tfjs-backend-wasm*.wasm`, instead of the copies inside this package. */
  readonly wasmPath?: string | URL | undefined;
  /** Threads, where the page is cross-origin isolated; 1 for the build without. */
  readonly threads?: number | undefined;
}

/** A build of TensorFlow.js' WebAssembly. */
export type WasmBuild = 'plain' | 'simd' | 'threaded-simd';

const fileOf = {
  plain: 'tfjs-backend-wasm.wasm',
  simd: 'tfjs-backend-wasm-simd.wasm',
  'threaded-simd': 'tfjs-backend-wasm-threaded-simd.wasm',
} as const satisfies Record<WasmBuild, string>;

/**
 * Reads the fastest build that runs here.
 *
 * @throws SsdliteError `FETCH_FAILED` if `wasmPath` is given and the file is not there
 */
export async function readWasm(
  options: WasmOptions,
): Promise<{ build: WasmBuild; binary: Uint8Array<ArrayBuffer> }> {
  const build = bestBuild(options);
  return { build, binary: await readBuild(build, options) };
}

function bestBuild({ threads }: WasmOptions): WasmBuild {
  if (!hasSimd()) return 'plain';
  return threads !== 1 && hasThreads() ? 'threaded-simd' : 'simd';
}

async function readBuild(build: WasmBuild, { wasmPath }: WasmOptions): Promise<Uint8Array<ArrayBuffer>> {
  if (wasmPath !== undefined) {
    const folder = String(wasmPath);
    const url = new URL(fileOf[build], new URL(folder.endsWith('/') ? folder : `${folder}/`, location.href));
    return fetchBytes(url, { expect: 'WebAssembly file' });
  }
  return bytesFromBase64((await importBuild(build)).base64);
}

/** Each is a file of its own, of which one is downloaded. */
function importBuild(build: WasmBuild): Promise<{ readonly base64: string }> {
  switch (build) {
    case 'plain':
      return import('./generated/plain.ts');
    case 'simd':
      return import('./generated/simd.ts');
    case 'threaded-simd':
      return import('./generated/threaded-simd.ts');
  }
}
