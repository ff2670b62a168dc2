// @ssdlite/layers/onnx: a network and its weights as the bytes of an ONNX file.

export { type OnnxOptions, toOnnx } from './onnx-layers.ts';
