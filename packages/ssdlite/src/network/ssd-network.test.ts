import { describe as describeNetwork } from '@ssdlite/layers';
import { describe, expect, test } from 'vitest';
import { type SsdConfig, ssdliteMobileNetV1, ssdliteMobileNetV2 } from './ssd-config.ts';
import { ssdNetwork } from './ssd-network.ts';

const size = (side: number): Pick<SsdConfig, 'inputSize'> => ({ inputSize: { height: side, width: side } });
const count = (config: Partial<SsdConfig>) => {
  const { parameters, multiplyAdds, outputs } = describeNetwork(
    ssdNetwork({ ...ssdliteMobileNetV2, ...config }),
  );
  return { ...parameters, millions: Math.round(multiplyAdds / 1e5) / 10, anchors: outputs.boxes[0] };
};

describe('the counts of the TF Object Detection API layout', () => {
  test('at 300 x 300 with 91 logits are the published model', () => {
    expect(count({})).toMatchObject({
      trainable: 4_500_543,
      total: 4_551_295,
      withoutBatchNorm: 4_449_791,
      millions: 749.5,
      anchors: 1917,
    });
  });

  test('at 320 x 320 with 81 logits are the 4.3M and 0.8B of the paper', () => {
    expect(count({ ...size(320), logitColumns: 81 })).toMatchObject({
      trainable: 4_337_013,
      withoutBatchNorm: 4_286_261,
      millions: 788.8,
      anchors: 2034,
    });
  });

  test('with plain convolutions are the SSD row of the paper: 14.8M beside the backbone', () => {
    const plain = count({ ...size(320), logitColumns: 81, extras: 'plain', heads: 'plain' });
    expect(plain).toMatchObject({ trainable: 17_000_501, millions: 1870.3 });
    expect(plain.trainable - 2_223_872).toBe(14_776_629);
  });

  test.each([
    [0.35, 1_609_149, 220.4],
    [0.5, 2_126_591, 309.3],
    [0.75, 3_193_247, 545.9],
    [1.4, 7_863_753, 1375.2],
  ])('at width %f are %i parameters and %fM multiply-adds', (alpha, trainable, millions) => {
    expect(count({ alpha })).toMatchObject({ trainable, millions });
  });

  test('on MobileNetV1 are the 5.1M and 1.3B of the paper', () => {
    const v1 = count({ ...ssdliteMobileNetV1, ...size(320), logitColumns: 81 });
    expect(v1.trainable / 1e6).toBeCloseTo(5.1, 1);
    expect(v1.millions / 1000).toBeCloseTo(1.3, 1);
  });
});
