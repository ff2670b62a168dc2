import { ssdAnchors, ssdliteMobileNetV2 } from 'ssdlite';
import { describe, expect, test } from 'vitest';
import { cocoTargets, labelledBoxes, readGolden, type TargetGolden } from '../fixtures/read-golden.ts';
import { assignTargets } from './assign-targets.ts';

const anchors = ssdAnchors(ssdliteMobileNetV2);
const special = readGolden<{ readonly cases: readonly TargetGolden[] }>('tf-od/targets-special').cases;

describe('Targets of TF-OD: every match is equal, codes to float32', () => {
  test.each([...special, ...cocoTargets()].map((golden) => [golden.name ?? `image ${golden.id}`, golden]))(
    '%s',
    (_, golden) => {
      const targets = assignTargets(labelledBoxes(golden), anchors);
      const columns = new Int32Array(anchors.length / 4);
      for (const [anchor, row] of golden.matches) columns[anchor] = golden.classes[row] as number;
      expect([...targets.positives]).toEqual(golden.matches.map(([anchor]) => anchor));
      expect(targets.columns).toEqual(columns);
      for (const [index, code] of golden.regTargets.flat().entries()) {
        expect(Math.abs((targets.codes[index] as number) - code)).toBeLessThan(2e-5 + 1e-6 * Math.abs(code));
      }
      expect([...targets.weights]).toEqual(golden.regWeights ?? golden.matches.map(() => 1));
    },
  );
});

test('A box that equals an anchor is its match, with codes 0', () => {
  const squares = Float32Array.of(0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1);
  const targets = assignTargets(
    { boxes: Float32Array.of(0.5, 0.5, 1, 1), classes: Int32Array.of(7) },
    squares,
  );
  expect(targets).toEqual({
    columns: Int32Array.of(0, 7),
    positives: Int32Array.of(1),
    codes: new Float32Array(4),
    weights: Float32Array.of(1),
  });
});
