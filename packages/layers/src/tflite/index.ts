// @ssdlite/layers/tflite: a network and its weights as the bytes of a TensorFlow Lite (LiteRT) file.

export { type TfliteOptions, toTflite } from './tflite-layers.ts';
