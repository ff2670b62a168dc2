// @ssdlite/backbone/torchvision: weights of torchvision's mobilenet_v2.

export { type LoadTorchvisionOptions, loadTorchvision } from './load-torchvision.ts';
