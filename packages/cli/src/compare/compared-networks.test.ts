// The networks of the paper's comparison, counted.

import { expect, test } from 'vitest';
import { comparedNetworks, countNetwork } from './compared-networks.ts';

test('The counts are those of the paper where it has any', () => {
  const networks = comparedNetworks({ classifiers: 224, detectors: 320 });
  const counted = networks.map((network) => ({ ...network, counted: countNetwork(network) }));
  expect(
    counted.map(({ name, counted: { parameters, multiplyAdds } }) => [name, parameters, multiplyAdds]),
  ).toEqual([
    ['MobileNetV1', 4_210_088, 568_740_352],
    ['MobileNetV2', 3_470_760, 300_774_272],
    ['MobileNetV2 (1.4)', 6_060_840, 582_195_824],
    ['MobileNetV1 + SSDLite', 5_063_413, 1_309_162_944],
    ['MobileNetV2 + SSDLite', 4_286_261, 788_830_144],
    ['MobileNetV1 + plain SSD', 16_570_805, 2_234_863_872],
    ['MobileNetV2 + plain SSD', 16_962_933, 1_870_281_472],
  ]);
  // Within 3 %; 6.9 million for MobileNetV2 (1.4) is no count of that network (slim's own table says 6.06).
  for (const { name, paper, counted: whole } of counted) {
    if (!paper || name === 'MobileNetV2 (1.4)') continue;
    const { parameters, multiplyAdds } = paper.headsOnly && whole.heads ? whole.heads : whole;
    expect(Math.abs(parameters / 1e6 / paper.parameters - 1)).toBeLessThan(0.03);
    expect(Math.abs(multiplyAdds / 1e6 / paper.multiplyAdds - 1)).toBeLessThan(0.03);
  }
});
