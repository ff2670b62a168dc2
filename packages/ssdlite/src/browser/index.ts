// ssdlite/browser: the detector for web pages.

export * from '../index.ts';
export type { BrowserDetector } from './browser-detector.ts';
export { clearWeightsCache, type WeightsCache } from './cache/weights-cache.ts';
export {
  type Camera,
  type CameraDevice,
  listCameras,
  type OpenCameraOptions,
  openCamera,
} from './camera.ts';
export { type CreateDetectorOptions, createDetector } from './create-detector.ts';
export type { BrowserEngineEntry, BrowserEngineName, EngineWish, Fitness } from './engines/browser-engine.ts';
export { browserEngines } from './engines/browser-engines.ts';
export type { Progress } from './fetch-bytes.ts';
export type { DrawableInput, ImageInput } from './image-input.ts';
export { readDetectorWeights, type WeightsInput } from './read-weights.ts';
export type { DetectVideoOptions, VideoResult } from './video/video-result.ts';
export type { MakeWorker } from './worker/worker-detector.ts';
