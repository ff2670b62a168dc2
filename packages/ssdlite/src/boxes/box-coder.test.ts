import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBoxes, encodeBoxes } from './box-coder.ts';

const golden = new URL('../../../../../shared/goldens/training/box-coder.json', import.meta.url);
const absent = !existsSync(golden);
if (absent)
  process.stderr.write('box-coder: ../shared/goldens is absent, its comparison with TF-OD is skipped\n');

test('Zero codes are the anchor itself', () => {
  const anchor = Float32Array.of(0.125, 0.25, 0.5, 0.75);
  expect([...decodeBoxes(new Float32Array(4), anchor)]).toEqual([0.125, 0.25, 0.5, 0.75]);
});

test('A centre code of 10 moves by one anchor, a size code of 5 ln 2 doubles', () => {
  const anchor = Float32Array.of(0, 0, 0.5, 0.25);
  const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = decodeBoxes(
    Float32Array.of(10, -10, 5 * Math.LN2, 0),
    anchor,
  );
  expect([ymin, ymax]).toEqual([0.25, 1.25]);
  expect([xmin, xmax]).toEqual([-0.25, 0]);
});

test('Decoding undoes encoding', () => {
  const side = fc.float({ min: Math.fround(0.02), max: 1, noNaN: true });
  const corner = fc.float({ min: Math.fround(-0.5), max: 1, noNaN: true });
  const box = fc.tuple(corner, corner, side, side).map(([y, x, h, w]) => [y, x, y + h, x + w]);
  fc.assert(
    fc.property(box, box, (gt, anchor) => {
      const anchors = Float32Array.from(anchor);
      const back = decodeBoxes(encodeBoxes(Float32Array.from(gt), anchors), anchors);
      for (const [i, value] of gt.entries()) expect(back[i]).toBeCloseTo(value, 4);
    }),
  );
});

test('A box without area has a finite code', () => {
  const [, , th = 0, tw = 0] = encodeBoxes(
    Float32Array.of(0.5, 0.5, 0.5, 0.5),
    Float32Array.of(0.4, 0.4, 0.6, 0.6),
  );
  expect(th).toBeCloseTo(5 * Math.log(1e-8 / 0.2), 3);
  expect(tw).toBe(th);
});

describe.skipIf(absent)('goldens of the TF Object Detection API', () => {
  test('codes and boxes agree', () => {
    const rows: Record<string, number[][]> = JSON.parse(readFileSync(golden, 'utf8'));
    const flat = (name: string): Float32Array => Float32Array.from((rows[name] ?? []).flat());
    const anchors = flat('anchors');
    expectClose(encodeBoxes(flat('boxes'), anchors), flat('encoded'));
    expectClose(decodeBoxes(flat('codes'), anchors), flat('decoded'));
    expectClose(decodeBoxes(flat('encoded'), anchors), flat('decodedAgain'));
  });
});

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
  }
}
