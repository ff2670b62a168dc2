// A worker with TensorFlow.js' WebGL kernels.

import { tfjsWebglEngine } from '../engines/tfjs-webgl.ts';
import { serveDetector } from './serve-detector.ts';

serveDetector(tfjsWebglEngine);
