import { describe } from '@ssdlite/layers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BackboneConfig } from './backbone.ts';
import { classifierHead, featureNetwork } from './classifier-network.ts';
import { inferAlpha } from './infer-alpha.ts';

function channelsOf(config: BackboneConfig): Map<string, number> {
  const taps = [classifierHead[config.backbone].last];
  const { layers } = describe(featureNetwork({ ...config, inputSize: { height: 32, width: 32 }, taps }));
  return new Map(layers.map(({ name, outputShape }) => [name, outputShape.at(-1) ?? 0]));
}

test('The widths that weights exist for come out as they are written', () => {
  for (const alpha of [0.35, 0.5, 0.75, 1, 1.3, 1.4]) {
    const config = { backbone: 'mobilenet-v2', dialect: 'keras' } as const;
    expect(inferAlpha(config, channelsOf({ ...config, alpha }))).toBe(alpha);
  }
  const config = { backbone: 'mobilenet-v1', dialect: 'keras-bottom-right' } as const;
  for (const alpha of [0.1, 0.25, 0.5, 0.75, 1, 2]) {
    expect(inferAlpha(config, channelsOf({ ...config, alpha }))).toBe(alpha);
  }
});

test('Whatever alpha a network was built with, one is found that builds the same', () => {
  const cases = fc.record({
    backbone: fc.constantFrom('mobilenet-v1' as const, 'mobilenet-v2' as const),
    dialect: fc.constantFrom('tensorflow' as const, 'keras' as const, 'pytorch' as const),
    alpha: fc.double({ min: 0.1, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(cases, ({ alpha, ...config }) => {
      const channels = channelsOf({ ...config, alpha });
      expect(channelsOf({ ...config, alpha: inferAlpha(config, channels) })).toEqual(channels);
    }),
    { numRuns: 60 },
  );
});

test('Keras cuts channels to whole numbers before it rounds them, others do not', () => {
  // 24 * 0.371 = 8.904: of 8.904 channels 8 would be too few, of 8 they are not.
  const channels = (dialect: 'keras' | 'tensorflow') =>
    channelsOf({ backbone: 'mobilenet-v2', dialect, alpha: 0.371 }).get('block_1_project');
  expect([channels('keras'), channels('tensorflow')]).toEqual([8, 16]);
});

test('A layer that is missing, or wider than the rest, is named', () => {
  const config = { backbone: 'mobilenet-v2', dialect: 'keras' } as const;
  const channels = channelsOf({ ...config, alpha: 1 });
  const wider = new Map([...channels, ['block_5_project', 40]]);
  expect(() => inferAlpha(config, wider)).toThrowError(
    expect.objectContaining({ code: 'WEIGHTS_MISMATCH', message: expect.stringMatching(/has \d+ channels/) }),
  );
  channels.delete('Conv_1');
  expect(() => inferAlpha(config, channels)).toThrowError(
    expect.objectContaining({ code: 'WEIGHTS_MISMATCH', message: expect.stringContaining("'Conv_1'") }),
  );
});
