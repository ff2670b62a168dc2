// Convolves and differentiates once on the tfjs-node that the given package finds; exits non-zero when that fails.
// usage: node verify-tfjs-node.cjs FOLDER
// @ts-check
const { createRequire } = require('node:module');
const { join, resolve } = require('node:path');
const util = require('node:util');

// tfjs-node 4.22 still calls it; Node 23 took it away.
if (!('isNullOrUndefined' in util)) {
  Object.assign(util, {
    isNullOrUndefined: (/** @type {unknown} */ value) => value === null || value === undefined,
  });
}

const [folder = '.'] = process.argv.slice(2);
const tf = createRequire(join(resolve(folder), 'package.json'))('@tensorflow/tfjs-node');

const image = tf.ones([1, 5, 5, 2]);
const kernel = tf.ones([3, 3, 2, 4]);
const sums = tf.conv2d(image, kernel, 2, 'valid').dataSync();
if (sums.length !== 16 || sums.some((/** @type {number} */ sum) => sum !== 18)) {
  throw new Error(`A convolution of ones gave ${[...sums]} instead of 16 times 18.`);
}
const gradient = tf.grad((/** @type {unknown} */ weights) => tf.sum(tf.conv2d(image, weights, 2, 'valid')))(
  kernel,
);
if (gradient.dataSync().some((/** @type {number} */ value) => value !== 4)) {
  throw new Error('The gradient of a convolution is wrong.');
}
process.stdout.write(
  `tfjs-node ${tf.version['tfjs-node']} on TensorFlow ${tf.backend().binding.TF_Version}\n`,
);
