// The backend of TensorFlow.js to train on, by name.

import { type Tfjs, tfjsBackend } from '@ssdlite/layers/tfjs';
import { type TensorFlowBinding, TensorFlowDevice } from './tensorflow-device.ts';
import { TfjsDevice } from './tfjs-device.ts';
import type { TrainingDevice } from './training-device.ts';

/**
 * Opens a backend for training; nothing of TensorFlow.js' global state is read or changed.
 *
 * @param tf `@tensorflow/tfjs-node`, or `@tensorflow/tfjs-core` with a backend's package imported
 * @param name `tensorflow` (tfjs-node), `webgl`, `webgpu` or `cpu`
 * @throws SsdliteError `ENGINE_UNAVAILABLE` if the backend is not registered or does not start
 * @example
 * const device = await openTrainingDevice(await import('@tensorflow/tfjs-node'), 'tensorflow');
 */
export async function openTrainingDevice(tf: Tfjs, name: string): Promise<TrainingDevice> {
  const backend = await tfjsBackend(tf, name);
  const binding = tensorFlowBinding(tf.engine().registry[name]);
  return binding ? new TensorFlowDevice(binding) : new TfjsDevice(backend);
}

function tensorFlowBinding(backend: unknown): TensorFlowBinding | undefined {
  if (typeof backend !== 'object' || backend === null || !('binding' in backend)) return undefined;
  return backend.binding as TensorFlowBinding;
}
