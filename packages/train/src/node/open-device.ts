// The device that trains in Node, by the engine's name.

import util from 'node:util';
import { SsdliteError } from '@ssdlite/layers';
import type { Tfjs } from '@ssdlite/layers/tfjs';
import { openTrainingDevice } from '../device/open-training-device.ts';
import type { TrainingDevice } from '../device/training-device.ts';

/** Engines that train in Node: TensorFlow's own, and plain JavaScript, which serves for trying things out. */
export type TrainingEngineName = 'tfjs-node' | 'cpu';

export const trainingEngines: readonly TrainingEngineName[] = ['tfjs-node', 'cpu'];

/**
 * Opens a device for training.
 *
 * @throws SsdliteError `ENGINE_UNAVAILABLE` with what to install
 */
export async function openDevice(name: TrainingEngineName): Promise<TrainingDevice> {
  try {
    if (name === 'tfjs-node') {
      // Its C++ log is of no use to anybody here.
      process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
      restoreNodeUtil();
      return await openTrainingDevice(await optional('@tensorflow/tfjs-node'), 'tensorflow');
    }
    const tf = await optional('@tensorflow/tfjs-core');
    await optional('@tensorflow/tfjs-backend-cpu');
    return await openTrainingDevice(tf, 'cpu');
  } catch (cause) {
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new SsdliteError(
      'ENGINE_UNAVAILABLE',
      `The engine ${name}, which is to train, does not load: ${why}`,
      {
        value: name,
        next:
          name === 'tfjs-node'
            ? 'Run `npm install @tensorflow/tfjs-node`, or `npm run setup:tfjs-node` in a clone of this project; for a few steps, --engine cpu serves.'
            : 'Run `npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu`.',
        cause,
      },
    );
  }
}

/** By a variable, so that nothing resolves an optional package before it is wanted. */
async function optional(name: string): Promise<Tfjs> {
  const module: { readonly default?: Tfjs } & Tfjs = await import(name);
  return module.default ?? module;
}

/** tfjs-node 4.22 calls functions of `node:util` that Node 23 took out. */
function restoreNodeUtil(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, value] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value, configurable: true });
  }
}
