// Layer by layer against what Keras' own summaries say.

import { describe as describeNetwork, summaryRows } from '@ssdlite/layers';
import { describe, expect, test } from 'vitest';
import type { BackboneName } from './backbone.ts';
import { classifierHead, classifierNetwork, featureNetwork } from './classifier-network.ts';
import { readGolden, withoutGoldens } from './fixtures/goldens.ts';

interface SummaryGolden {
  readonly net: 'v1' | 'v2';
  readonly alpha: number;
  readonly input: readonly [height: number, width: number, channels: number];
  readonly classes: number;
  readonly total: number;
  readonly trainable: number;
  readonly nonTrainable: number;
  readonly noTop: {
    readonly total: number;
    readonly trainable: number;
    readonly nonTrainable: number;
    readonly output: readonly number[];
  };
  readonly layers: readonly (readonly [
    name: string,
    kind: string,
    shape: readonly number[],
    parameters: number,
  ])[];
}

describe.skipIf(withoutGoldens)(`Keras' summaries`, () => {
  test.each(['v2-a035', 'v2-a075', 'v2-a100', 'v2-a140', 'v1-a025', 'v1-a075', 'v1-a100'])(
    '%s has the same layers, shapes and parameters',
    (name) => {
      const golden = readGolden<SummaryGolden>(`summary/${name}.json`);
      const [height, width] = golden.input;
      const backbone: BackboneName = golden.net === 'v2' ? 'mobilenet-v2' : 'mobilenet-v1';
      const dialect = golden.net === 'v2' ? 'keras' : 'keras-bottom-right';
      const config = { backbone, dialect, alpha: golden.alpha, inputSize: { height, width } } as const;

      const description = describeNetwork(classifierNetwork({ ...config, classes: golden.classes }));
      const rows = summaryRows(description)
        .filter(({ parameters }) => parameters > 0)
        // Keras writes MobileNetV1's dense layer as a 1 x 1 convolution.
        .map(({ name, kind, outputShape, parameters }) =>
          name === 'conv_preds'
            ? [name, 'Conv2D', [1, 1, ...outputShape], parameters]
            : [name, kind, outputShape, parameters],
        );
      expect(rows).toEqual(golden.layers.filter(([, , , parameters]) => parameters > 0));
      const { total, trainable, statistics } = description.parameters;
      expect([total, trainable, statistics]).toEqual([golden.total, golden.trainable, golden.nonTrainable]);

      const { last } = classifierHead[backbone];
      const noTop = describeNetwork(featureNetwork({ ...config, taps: [last] }));
      expect(noTop.parameters).toMatchObject({
        total: golden.noTop.total,
        trainable: golden.noTop.trainable,
        statistics: golden.noTop.nonTrainable,
      });
      expect(noTop.outputs[last]).toEqual(golden.noTop.output);
    },
  );
});
