// Modules inside TensorFlow.js' packages that come without types.

declare module '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js' {
  /** Source text of a thread's worker. */
  export const wasmWorkerContents: string;
}
