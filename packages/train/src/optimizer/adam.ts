// Adam (Kingma and Ba 2015, with the paper's "epsilon hat" as in TensorFlow).

import type { AdamConfig, Optimizer } from './optimizer.ts';

/** m and v are moving averages of g and g^2; w -= lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon). */
export function adam({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-7,
}: Omit<AdamConfig, 'name'> = {}): Optimizer {
  return {
    name: 'adam',
    slots: (length) => ({ m: new Float32Array(length), v: new Float32Array(length) }),
    apply({ weights, gradient, slots, learningRate, step }) {
      const { m, v } = slots as Record<'m' | 'v', Float32Array>;
      const rate = (learningRate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
      for (let i = 0; i < weights.length; i++) {
        const g = gradient[i] as number;
        const mean = beta1 * (m[i] as number) + (1 - beta1) * g;
        const square = beta2 * (v[i] as number) + (1 - beta2) * g * g;
        m[i] = mean;
        v[i] = square;
        weights[i] = (weights[i] as number) - (rate * mean) / (Math.sqrt(square) + epsilon);
      }
    },
  };
}
