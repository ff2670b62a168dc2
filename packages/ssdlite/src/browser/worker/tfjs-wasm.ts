// A worker with TensorFlow.js' WebAssembly kernels.

import { tfjsWasmEngine } from '../engines/tfjs-wasm.ts';
import type { WasmStart } from '../engines/wasm/instantiate-wasm.ts';
import { serveDetector } from './serve-detector.ts';

serveDetector((start) => tfjsWasmEngine(start as WasmStart));
