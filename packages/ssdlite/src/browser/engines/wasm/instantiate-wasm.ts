// Starts TensorFlow.js' WebAssembly: the build that this browser can run, from bytes, so that nothing has to be found on a server.

import { SsdliteError } from '@ssdlite/layers';
import type { BackendWasmModule } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import * as plainModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import * as threadedModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import * as workerModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';
import type { WasmBuild } from './read-wasm.ts';

/** Bytes of a build, and how it is to run. */
export interface WasmStart {
  readonly build: WasmBuild;
  readonly binary: Uint8Array<ArrayBuffer>;
  /** Default: half of the processor's. */
  readonly threads?: number | undefined;
}

/** What Emscripten's start function takes and TensorFlow.js' own types leave out. */
interface StartOptions {
  readonly wasmBinary: Uint8Array;
  readonly mainScriptUrlOrBlob?: Blob;
  readonly locateFile: (path: string) => string;
  readonly onAbort: (what: unknown) => void;
  readonly print: () => void;
  readonly printErr: () => void;
}
type Start = (options: StartOptions) => Promise<EmscriptenModule>;
interface EmscriptenModule extends BackendWasmModule {
  cwrap(name: string, returns: 'number' | null, takes: readonly string[]): (...values: number[]) => number;
}

/**
 * Starts a build.
 *
 * @returns the module with the functions that TensorFlow.js' `BackendWasm` expects
 * @throws SsdliteError `ENGINE_UNAVAILABLE` if the browser or the page's policy does not let it run
 */
export async function instantiateWasm({ build, binary, threads }: WasmStart): Promise<BackendWasmModule> {
  const start = startOf(build);
  const workerScript = start.workerScript && new Blob([start.workerScript], { type: 'text/javascript' });
  const workerUrl = workerScript && URL.createObjectURL(workerScript);
  try {
    const mainScript = workerUrl && (await import('./generated/threaded-simd-script.ts')).script;
    const wasm = await new Promise<EmscriptenModule>((resolve, reject) => {
      const run = start.run({
        wasmBinary: binary,
        ...(mainScript && { mainScriptUrlOrBlob: new Blob([mainScript], { type: 'text/javascript' }) }),
        locateFile: (path) => (path.endsWith('.worker.js') && workerUrl ? workerUrl : path),
        // Emscripten prints what goes wrong, and says it here as well.
        onAbort: (what) => reject(new Error(String(what))),
        print: () => undefined,
        printErr: () => undefined,
      });
      run.then(resolve, reject);
    });
    return withTfjsCalls(wasm, threads);
  } catch (cause) {
    throw refused(cause);
  } finally {
    // The workers have loaded it by now.
    if (workerUrl) URL.revokeObjectURL(workerUrl);
  }
}

function startOf(build: WasmBuild): { run: Start; workerScript: string | undefined } {
  if (build !== 'threaded-simd') return { run: inner(plainModule) as Start, workerScript: undefined };
  const { wasmWorkerContents } = inner(workerModule) as { wasmWorkerContents: string };
  // A text in it has lost the backslash of its line break.
  const workerScript = wasmWorkerContents.replaceAll('\n', '\\n');
  return { run: inner(threadedModule) as Start, workerScript };
}

/** What a CommonJS module exports: bundlers differ in how deep they put it. */
function inner(module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module
    ? inner(module.default)
    : module;
}

/** The functions that TensorFlow.js' own start-up adds. */
function withTfjsCalls(wasm: EmscriptenModule, threads = -1): BackendWasmModule {
  const { cwrap } = wasm;
  const initWithThreadsCount = cwrap('init_with_threads_count', null, ['number']);
  return Object.assign(wasm, {
    tfjs: {
      init: cwrap('init', null, []),
      // TensorFlow.js would pass the count of its global setting.
      initWithThreadsCount: () => initWithThreadsCount(threads),
      getThreadsCount: cwrap('get_threads_count', 'number', []),
      registerTensor: cwrap('register_tensor', null, ['number', 'number', 'number']),
      disposeData: cwrap('dispose_data', null, ['number']),
      dispose: cwrap('dispose', null, []),
    },
  });
}

function refused(cause: unknown): SsdliteError {
  if (cause instanceof SsdliteError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  const blocked = /content security policy|unsafe-eval|CSP|blocked/i.test(why);
  return new SsdliteError('ENGINE_UNAVAILABLE', `WebAssembly does not start here: ${why}`, {
    next: blocked
      ? "Allow it in the page's content security policy: script-src 'wasm-unsafe-eval'; with threads, worker-src blob: as well."
      : 'Use another engine, or a browser of the last five years.',
    cause,
  });
}
