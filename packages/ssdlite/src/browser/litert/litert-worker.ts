// A worker with LiteRT.

import { serveDetector } from '../worker/serve-detector.ts';
import { litertEngine } from './litert-engine.ts';
import type { LitertStart } from './load-litert.ts';

serveDetector((start) => litertEngine(start as LitertStart));
