// Options of the command line as the trainer's settings.

import { expect, test } from 'vitest';
import { trainerSettings } from './trainer-settings.ts';

const run = { steps: 1000, fromScratch: false };

test('What is not named stays as it is by default', () => {
  expect(trainerSettings({}, run)).toEqual({});
});

test('Schedules end with the run, counted in updates', () => {
  expect(trainerSettings({ lr: 0.01 }, run).schedule).toEqual({
    name: 'cosine',
    learningRate: 0.01,
    totalSteps: 1000,
    warmUpSteps: 50,
    warmUpLearningRate: 0.001,
  });
  expect(trainerSettings({ schedule: 'cosine', accumulate: 4 }, run).schedule).toMatchObject({
    learningRate: 0.015,
    totalSteps: 250,
  });
  const exponential = trainerSettings({ schedule: 'exponential', lr: 1 }, run).schedule;
  expect(exponential).toMatchObject({ name: 'exponential', decaySteps: 50 });
  // Twenty stairs down to a hundredth.
  expect((exponential && 'decayFactor' in exponential ? exponential.decayFactor : 0) ** 20).toBeCloseTo(
    0.01,
    9,
  );
});

test('Focal loss counts all anchors; the others mine hard negatives', () => {
  expect(trainerSettings({ loss: 'focal' }, run).loss).toMatchObject({
    classification: 'focal',
    hardNegatives: undefined,
  });
  expect(trainerSettings({ loss: 'softmax' }, run).loss?.hardNegatives).toBeDefined();
});

test('The rest is passed on under the name that the trainer has for it', () => {
  expect(
    trainerSettings(
      { freeze: 'none', clip: 10, ema: 0.999, l2: 0, quantizationAware: true, batchNorm: 'batch' },
      run,
    ),
  ).toMatchObject({
    freeze: 'none',
    clipNorm: 10,
    averageDecay: 0.999,
    l2: 0,
    quantizationAware: true,
    batchNorm: { statistics: 'batch' },
  });
});
