// What becomes of pixel values before they enter a network.

/** What a channel's 0 to 255 are multiplied by, and what is added after, so that they become what the network expects. */
export interface Normalization {
  /** Per channel R, G, B. */
  readonly scale: readonly [number, number, number];
  /** Per channel R, G, B. */
  readonly shift: readonly [number, number, number];
}

/** 0 to 255 to -1 to 1: x / 127.5 - 1, as the MobileNets of TensorFlow and Keras are trained. */
export const minusOneToOne: Normalization = {
  scale: [1 / 127.5, 1 / 127.5, 1 / 127.5],
  shift: [-1, -1, -1],
};

/** torchvision's: x / 255, minus the mean and divided by the standard deviation of ImageNet's channels. */
export const imageNetMeanAndDeviation: Normalization = {
  scale: [1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225)],
  shift: [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225],
};
