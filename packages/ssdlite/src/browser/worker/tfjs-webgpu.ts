// A worker with TensorFlow.js' WebGPU kernels.

import { tfjsWebgpuEngine } from '../engines/tfjs-webgpu.ts';
import { serveDetector } from './serve-detector.ts';

serveDetector(tfjsWebgpuEngine);
