// A training that takes seconds anywhere: the same numbers on every device.

import { type TrainingDevice, train } from '@ssdlite/train';
import { ssdliteMobileNetV2 } from 'ssdlite';
import { drawnPictures } from '../../packages/train/src/fixtures/drawn-pictures.ts';

const architecture = {
  ...ssdliteMobileNetV2,
  alpha: 0.05,
  shrinkLast: true,
  inputSize: { height: 40, width: 40 },
  extraDepths: [32],
};

/** Losses of three steps of the whole network from scratch, then of three with a frozen backbone. */
export async function tinyLosses(device: TrainingDevice): Promise<number[]> {
  const dataset = drawnPictures({ count: 4, seed: 1 });
  const losses: number[] = [];
  for (const freeze of ['none', 'backbone'] as const) {
    const config = { freeze, optimizer: { name: 'sgd' } } as const;
    const steps = train({ dataset, device, from: 'scratch', architecture, config, steps: 3, batchSize: 4 });
    for await (const { loss } of steps) losses.push(loss);
  }
  return losses;
}
