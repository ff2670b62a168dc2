// @ssdlite/backbone/keras: weights of the MobileNets of keras.applications, in every form in which Keras saves them.

export { type LoadKerasOptions, loadKeras } from './load-keras.ts';
export type { ReadShard } from './open-keras-file.ts';
