// ssdlite/browser: the detector for web pages.

export * from '../index.ts';
export { type BrowserDetector, type CreateDetectorOptions, createDetector } from './create-detector.ts';
export { type BrowserEngineName, browserEngines } from './engines/browser-engine.ts';
export type { Progress } from './fetch-bytes.ts';
export type { DrawableInput, ImageInput } from './image-input.ts';
export { readDetectorWeights, type WeightsInput } from './read-weights.ts';
