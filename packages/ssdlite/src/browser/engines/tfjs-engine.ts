// An engine from a TensorFlow.js backend and the few kernels that the network needs; nothing is registered globally.

import type { Normalization } from '@ssdlite/backbone';
import {
  kernelBackend,
  type PixelProducts,
  type TfjsBackend,
  type TfjsProgram,
  tfjsProgram,
} from '@ssdlite/layers/tfjs';
import type { KernelBackend, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { PicturePart, Program } from '../../engine.ts';
import { BrowserPicture } from '../browser-picture.ts';
import { nextTask } from '../next-task.ts';
import type { BrowserEngine, BrowserEngineName, EngineLoss } from './browser-engine.ts';

/** What a graphics processor adds. */
export interface TfjsDevice {
  /** Resizes a part of a picture into the network's input `[1, height, width, 3]`. */
  readonly place: (
    part: { readonly picture: BrowserPicture; readonly placement: PicturePart['placement'] },
    normalization: Normalization,
  ) => TensorInfo;
  /** Compiles what `dispatch` calls, without freezing the page. */
  readonly compileAhead: (dispatch: () => void) => Promise<void>;
  readonly maxPictureSide: number;
  readonly lost: EngineLoss;
  readonly release: () => void;
}

/** What an engine is made of. */
export interface TfjsEngineOptions {
  readonly name: BrowserEngineName;
  /** TensorFlow.js' name of it. */
  readonly backendName: string;
  readonly backend: KernelBackend;
  readonly kernels: readonly KernelConfig[];
  readonly pixelProducts?: PixelProducts | undefined;
  readonly device?: TfjsDevice;
}

/** Makes the engine. */
export function tfjsEngine(options: TfjsEngineOptions): BrowserEngine {
  const { name, backendName, backend, kernels, pixelProducts, device } = options;
  const byName = new Map(kernels.map((kernel) => [kernel.kernelName, kernel]));
  const calls = kernelBackend({
    name: backendName,
    backend,
    kernelOf: (kernel) => byName.get(kernel),
    pixelProducts,
  });
  return {
    name,
    inputLayout: 'nhwc',
    ...(device ? { lost: device.lost, maxPictureSide: device.maxPictureSide } : { provenByKernels: true }),
    async compile(network, weights) {
      const program = tfjsProgram({ backend: calls, network, weights });
      const { height, width } = network.input;
      if (device) await device.compileAhead(() => program.dryRun({ batch: 1, height, width }));
      return {
        async run(image, size) {
          // On the processor a run is one piece, and one picture after the other would leave the page no moment between.
          if (!device) await nextTask();
          return program.run(image, size);
        },
        ...(device && { runPictures: runPictures({ program, device, calls }) }),
        async dispose() {
          program.dispose();
          device?.release();
        },
      };
    },
  };
}

function runPictures(parts: {
  readonly program: TfjsProgram;
  readonly device: TfjsDevice;
  readonly calls: TfjsBackend;
}): NonNullable<Program['runPictures']> {
  const { program, device, calls } = parts;
  return async (pictures, normalization) => {
    const inputs: TensorInfo[] = [];
    try {
      for (const { picture, placement } of pictures) {
        if (!(picture instanceof BrowserPicture)) throw new TypeError('This picture is not of this engine.');
        inputs.push(device.place({ picture, placement }, normalization));
      }
      const [only] = inputs;
      if (only && inputs.length === 1) {
        inputs.pop();
        return program.runTensor(only);
      }
      return program.runTensor(calls.run('Concat', inputs, { axis: 0 }));
    } finally {
      for (const input of inputs) calls.release(input);
    }
  };
}
