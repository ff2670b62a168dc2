// RMSProp by TensorFlow 1's rule (tf.train.RMSPropOptimizer, kernel ApplyRMSProp). TensorFlow.js' own starts its mean squares at 0.

import type { Optimizer, RmsPropConfig } from './optimizer.ts';

/**
 * rms += (g^2 - rms) * (1 - decay); momentum = momentum * m + lr * g / sqrt(rms + epsilon); w -= momentum.
 *
 * Centred, the square of the gradient's moving mean is taken from rms in the root.
 */
export function rmsProp(config: Omit<RmsPropConfig, 'name'> = {}): Optimizer {
  const { decay = 0.9, momentum = 0.9, epsilon = 1, centred = false } = config;
  return {
    name: 'rmsprop',
    slots: (length) => ({
      rms: new Float32Array(length).fill(1),
      momentum: new Float32Array(length),
      ...(centred && { mean: new Float32Array(length) }),
    }),
    apply({ weights, gradient, slots, learningRate }) {
      const { rms, momentum: moments } = slots as Record<'rms' | 'momentum', Float32Array>;
      const means = slots.mean;
      for (let i = 0; i < weights.length; i++) {
        const g = gradient[i] as number;
        const square = (rms[i] as number) + (g * g - (rms[i] as number)) * (1 - decay);
        rms[i] = square;
        let variance = square;
        if (means) {
          const mean = (means[i] as number) + (g - (means[i] as number)) * (1 - decay);
          means[i] = mean;
          variance -= mean * mean;
        }
        const moment = momentum * (moments[i] as number) + (learningRate * g) / Math.sqrt(variance + epsilon);
        moments[i] = moment;
        weights[i] = (weights[i] as number) - moment;
      }
    },
  };
}
