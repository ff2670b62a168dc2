// @ssdlite/backbone: MobileNetV1 and V2, as feature maps or as classifiers.

export {
  type BackboneConfig,
  type BackboneName,
  backboneNames,
  buildBackbone,
  takeFeatures,
} from './backbone.ts';
export {
  type ClassifierConfig,
  classifierHead,
  classifierNetwork,
  type FeaturesConfig,
  featureNetwork,
} from './classifier-network.ts';
export {
  type BackboneWeights,
  type ClassifierWeights,
  type MobileNetWeights,
  requireHead,
} from './classifier-weights.ts';
export { type Dialect, dialects, type TrainingDialect } from './dialect.ts';
export {
  type ExportedFacts,
  exportedMetadata,
  exportFormat,
  loadExportedClassifier,
} from './exported-classifier.ts';
export { type MobileNetV1Config, mobileNetV1 } from './mobilenet-v1.ts';
export { type MobileNetV2Config, mobileNetV2 } from './mobilenet-v2.ts';
export { imageNetMeanAndDeviation, minusOneToOne, type Normalization } from './normalization.ts';
