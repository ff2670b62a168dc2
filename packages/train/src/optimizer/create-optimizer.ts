// Optimisers by configuration.

import { adam } from './adam.ts';
import type { Optimizer, OptimizerConfig } from './optimizer.ts';
import { rmsProp } from './rms-prop.ts';
import { sgd } from './sgd.ts';

/** The optimiser that a configuration names. */
export function createOptimizer(config: OptimizerConfig): Optimizer {
  switch (config.name) {
    case 'rmsprop':
      return rmsProp(config);
    case 'sgd':
      return sgd(config);
    case 'adam':
      return adam(config);
  }
}
