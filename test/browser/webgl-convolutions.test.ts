// Our own shaders for convolutions against plain loops: every size, stride and padding, on textures of any shape.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noChromium } from './chromium.ts';
import type { ConvolutionCase } from './page/compare-with-plain.ts';
import { openTestPage, slow, type TestPage } from './test-page.ts';

const anyCase: fc.Arbitrary<ConvolutionCase> = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 5, max: 14 }),
  width: fc.integer({ min: 5, max: 14 }),
  channels: fc.integer({ min: 1, max: 9 }),
  filters: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  kernelSize: fc.constantFrom(1, 2, 3, 3, 5),
  strides: fc.constantFrom(1, 2, 3),
  padding: fc.constantFrom('same', 'valid', 'symmetric', 'bottom-right'),
  bias: fc.boolean(),
  activation: fc.constantFrom('linear', 'relu6'),
});

/** More rows of texels than a texture may have: they are laid out otherwise then. */
const long: ConvolutionCase = {
  batch: 1,
  height: 200,
  width: 101,
  channels: 3,
  kernelSize: 3,
  strides: 1,
  padding: 'same',
  bias: true,
  activation: 'linear',
};

describe.skipIf(noChromium !== undefined)('On WebGL', () => {
  let chromium: TestPage;

  beforeAll(async () => {
    chromium = await openTestPage();
  }, slow);
  afterAll(() => chromium?.close());

  test(
    'convolutions are those of plain loops',
    async () => {
      const cases = [
        ...fc.sample(anyCase, { numRuns: 60, seed: 20 }),
        ...[1, 2].flatMap((strides) => [
          { ...long, strides },
          { ...long, strides, kernelSize: 1, filters: 4 },
        ]),
        { ...long, height: 6, kernelSize: 1, filters: 4, padding: 'bottom-right' as const },
      ];
      const differences = await chromium.page.evaluate(
        async (all) => (await loadComparison()).differencesFromPlain(all),
        cases,
      );
      expect(differences).toHaveLength(65);
      for (const [index, difference] of differences.entries())
        expect(difference, JSON.stringify(cases[index])).toBeLessThan(1e-4);
    },
    slow,
  );
});
