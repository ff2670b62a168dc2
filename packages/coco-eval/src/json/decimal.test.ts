import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longDecimal } from './decimal.ts';
import { JsonScanner } from './json-scanner.ts';

function scanned(text: string): number {
  const scanner = new JsonScanner();
  scanner.bytes = new TextEncoder().encode(text);
  scanner.end = scanner.bytes.length;
  return scanner.readNumber();
}

/** Texts as programs write numbers, and texts that lie close to the middle between two doubles. */
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: 0, max: 1000, noNaN: true }).map((value) => value.toFixed(17)),
  fc
    .tuple(fc.nat(9999), fc.array(fc.nat(9), { minLength: 1, maxLength: 24 }))
    .map(([a, b]) => `${a}.${b.join('')}`),
  fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }).map((digits) => {
    const text = String(digits).padStart(12, '0');
    return `${text.slice(0, -10)}.${text.slice(-10)}`.replace(/^0+(?=\d)/, '');
  }),
);

test('numbers are those of JSON.parse, to the last bit', () => {
  fc.assert(
    fc.property(numberText, (text) => {
      expect(Object.is(scanned(text), JSON.parse(text))).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});

test('float32 and float64, as they are written, are read without asking Number', () => {
  const long = (text: string): number =>
    longDecimal(new TextEncoder().encode(text), {
      start: 0,
      end: text.length,
      exponent: text.indexOf('.') + 1 - text.length,
    });
  expect(long('225.33847045898438')).toBe(225.33847045898438);
  expect(long('0.32872167229652405')).toBe(0.32872167229652405);
  expect(long('0.0007267060573212802')).toBe(0.0007267060573212802);
  // 2^53 + 1 lies in the middle between two doubles: nobody can be sure.
  expect(long('900719925474.09912')).toBe(900719925474.09912);
  expect(long('9007199254740993.0')).toBeNaN();
});
