// Stochastic gradient descent with momentum (tf.train.MomentumOptimizer; Nesterov's as in Keras' SGD).

import type { Optimizer, SgdConfig } from './optimizer.ts';

/** v = momentum * v + g; w -= lr * v (Nesterov: lr * (g + momentum * v)). */
export function sgd({ momentum = 0.9, nesterov = false }: Omit<SgdConfig, 'name'> = {}): Optimizer {
  return {
    name: 'sgd',
    slots: (length) => ({ velocity: new Float32Array(length) }),
    apply({ weights, gradient, slots, learningRate }) {
      const { velocity } = slots as Record<'velocity', Float32Array>;
      for (let i = 0; i < weights.length; i++) {
        const g = gradient[i] as number;
        const v = momentum * (velocity[i] as number) + g;
        velocity[i] = v;
        weights[i] = (weights[i] as number) - learningRate * (nesterov ? g + momentum * v : v);
      }
    },
  };
}
