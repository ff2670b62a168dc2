// A training device as an engine for whole networks: slower than one that is made for inference, but always there.

import type { Engine } from 'ssdlite';
import { TrainableProgram } from '../network/trainable-program.ts';
import type { TrainingDevice } from './training-device.ts';

/** The engine of a device. Its programs hold nothing on it between runs. */
export function deviceEngine(device: TrainingDevice): Engine {
  return {
    name: device.name,
    inputLayout: 'nhwc',
    async compile(network, weights) {
      const program = TrainableProgram.forInference(network, device);
      return {
        run(image, { batch, height, width }) {
          const shape = [batch, height, width, network.input.channels];
          return program.run(new Map([[0, { data: image, shape }]]), weights);
        },
        async dispose() {},
      };
    },
  };
}
