// The trainer's settings as they are typed on the command line.

import {
  defaultConfig,
  type OptimizerConfig,
  type ScheduleConfig,
  type TrainerConfig,
  tfOdLoss,
} from '@ssdlite/train/node';
import { ssdliteMobileNetV2 } from 'ssdlite';

export const schedules = ['cosine', 'exponential', 'constant'] as const;
export const optimizers = ['rmsprop', 'sgd', 'adam'] as const;
export const losses = ['sigmoid', 'focal', 'softmax'] as const;

/** As commander gives them. */
export interface TrainerSettings {
  readonly freeze?: string;
  readonly lr?: number;
  readonly schedule?: (typeof schedules)[number];
  readonly optimizer?: (typeof optimizers)[number];
  readonly loss?: (typeof losses)[number];
  readonly batchNorm?: 'frozen' | 'batch';
  readonly clip?: number;
  readonly ema?: number;
  readonly accumulate?: number;
  readonly l2?: number;
  readonly quantizationAware?: boolean;
}

/** An exponential schedule falls to this share of its rate, in so many stairs. */
const exponential = { share: 0.01, stairs: 20 } as const;

/**
 * What is to be other than by default.
 *
 * @param options.steps of the whole run: schedules end there
 */
export function trainerSettings(
  settings: TrainerSettings,
  { steps, fromScratch }: { readonly steps: number; readonly fromScratch: boolean },
): Partial<Omit<TrainerConfig, 'architecture'>> {
  const { freeze, lr, schedule, optimizer, loss, batchNorm, clip, ema, accumulate, l2, quantizationAware } =
    settings;
  const updates = Math.ceil(steps / (accumulate ?? 1));
  const usual = defaultConfig({ architecture: ssdliteMobileNetV2, fromScratch, steps: updates, freeze });
  return {
    ...(freeze !== undefined && { freeze }),
    ...((lr !== undefined || schedule !== undefined) && {
      schedule: scheduleOf(schedule ?? 'cosine', {
        learningRate: lr ?? usual.schedule.learningRate,
        steps: updates,
        usual: usual.schedule,
      }),
    }),
    ...(optimizer !== undefined && { optimizer: { name: optimizer } satisfies OptimizerConfig }),
    ...(loss !== undefined && {
      loss: { ...tfOdLoss, classification: loss, ...(loss === 'focal' && { hardNegatives: undefined }) },
    }),
    ...(batchNorm !== undefined && { batchNorm: { ...usual.batchNorm, statistics: batchNorm } }),
    ...(clip !== undefined && { clipNorm: clip }),
    ...(ema !== undefined && { averageDecay: ema }),
    ...(accumulate !== undefined && { accumulate }),
    ...(l2 !== undefined && { l2 }),
    ...(quantizationAware && { quantizationAware }),
  };
}

function scheduleOf(
  name: (typeof schedules)[number],
  {
    learningRate,
    steps,
    usual,
  }: { readonly learningRate: number; readonly steps: number; readonly usual: ScheduleConfig },
): ScheduleConfig {
  switch (name) {
    case 'cosine':
      // As by default, but for its height.
      return { ...usual, name, learningRate, totalSteps: steps, warmUpLearningRate: learningRate / 10 };
    case 'exponential': {
      const { share, stairs } = exponential;
      return {
        name,
        learningRate,
        decaySteps: Math.max(1, Math.round(steps / stairs)),
        decayFactor: share ** (1 / stairs),
      };
    }
    case 'constant':
      return { name, learningRate };
  }
}
