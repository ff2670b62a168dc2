// Learning rates by configuration (TF-OD builders/optimizer_builder.py and utils/learning_schedules.py).

import type {
  CosineScheduleConfig,
  ExponentialScheduleConfig,
  ManualScheduleConfig,
  Schedule,
  ScheduleConfig,
} from './schedule.ts';

/**
 * The schedule that a configuration names.
 *
 * @example
 * createSchedule({ name: 'cosine', learningRate: 0.04, totalSteps: 2000, warmUpSteps: 500 })(1250); // 0.02
 */
export function createSchedule(config: ScheduleConfig): Schedule {
  switch (config.name) {
    case 'constant':
      return () => config.learningRate;
    case 'exponential':
      return exponential(config);
    case 'cosine':
      return cosine(config);
    case 'manual':
      return manual(config);
  }
}

function exponential(config: ExponentialScheduleConfig): Schedule {
  const { learningRate, decaySteps, decayFactor, staircase = true, burnInSteps = 0 } = config;
  const { burnInLearningRate = learningRate, minLearningRate = 0 } = config;
  return (step) => {
    const decays = (step - burnInSteps) / decaySteps;
    const decayed = learningRate * decayFactor ** (staircase ? Math.floor(decays) : decays);
    // The bound holds for the burn-in as well.
    return Math.max(step < burnInSteps ? burnInLearningRate : decayed, minLearningRate);
  };
}

function cosine(config: CosineScheduleConfig): Schedule {
  const { learningRate, totalSteps, warmUpSteps = 0, warmUpLearningRate = 0, holdSteps = 0 } = config;
  return (step) => {
    if (step < warmUpSteps) {
      return warmUpLearningRate + ((learningRate - warmUpLearningRate) * step) / warmUpSteps;
    }
    if (step < warmUpSteps + holdSteps) return learningRate;
    if (step >= totalSteps) return 0;
    const done = (step - warmUpSteps - holdSteps) / (totalSteps - warmUpSteps - holdSteps);
    return (learningRate / 2) * (1 + Math.cos(Math.PI * done));
  };
}

function manual({ learningRate, changes }: ManualScheduleConfig): Schedule {
  return (step) => changes.findLast((change) => change.step <= step)?.learningRate ?? learningRate;
}
