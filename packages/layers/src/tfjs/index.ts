// @ssdlite/layers/tfjs: a network run by TensorFlow.js kernels, on any of its backends.

export {
  kernelBackend,
  type PixelProducts,
  type Tfjs,
  type TfjsBackend,
  tfjsBackend,
} from './tfjs-backend.ts';
export { type TfjsProgram, tfjsProgram } from './tfjs-program.ts';
