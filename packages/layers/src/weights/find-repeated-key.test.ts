import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRepeatedKey } from './find-repeated-key.ts';

test.each([
  ['{}', undefined],
  ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', undefined],
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"x":{"a":1, "a" : 2}}', 'a'],
  ['[{"a":1},{"b":1,"b":2}]', 'b'],
  ['{"a":"a","b":"a"}', undefined],
  ['{"a":"{\\"b\\":1,\\"b\\":2}"}', undefined],
  ['{"a":1,"\\u0061":2}', 'a'],
])('in %s finds %s', (text, repeated) => {
  expect(findRepeatedKey(text)).toBe(repeated);
});

test('finds nothing in what JSON.stringify writes', () => {
  fc.assert(fc.property(fc.json(), (text) => findRepeatedKey(text) === undefined));
});
