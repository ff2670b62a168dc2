// ssdlite/node: the detector for Node.

export * from '../index.ts';
export { type CreateClassifierOptions, createClassifier, type NodeClassifier } from './create-classifier.ts';
export {
  type CreateDetectorOptions,
  createDetector,
  type NodeDetector,
  type WeightsInput,
} from './create-detector.ts';
export { chooseEngine, type NodeEngineName, nodeEngines } from './engines/node-engine.ts';
export type { ImageInput } from './image-input.ts';
export { type ImportFromPathOptions, importDetectorFromPath } from './import-detector-from-path.ts';
export { type OpenPictureOptions, openPicture } from './open-picture.ts';
export { type ClassNamesInput, readClassNames } from './read-class-names.ts';
export { type ClassifierWeightsInput, readClassifierWeights } from './read-classifier-weights.ts';
export { type ReadImageOptions, readImage } from './read-image.ts';
export { readDetectorWeights, readWeightsFiles, type WeightsFiles } from './read-weights.ts';
export { manifestText, writeDetectorWeights } from './write-weights.ts';
