import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLabels } from './parse-labels.ts';

const catAndDog = [
  { id: 1, name: 'cat' },
  { id: 2, name: 'dog' },
];

describe('a label map', () => {
  test.each([
    ['with double quotes', 'item { id: 1 name: "cat" }\nitem { id: 2 name: "dog" }'],
    ['with single quotes, properties in any order', "item { name: 'dog' id: 2 } item {id:1\nname:'cat'}"],
    [
      'with display names',
      "item {\n  name: '/m/01'\n  id: 1\n  display_name: 'cat'\n}\nitem { name: '/m/02' id: 2 display_name: 'dog' }",
    ],
    [
      'with comments, commas, a byte order mark and a background',
      "\uFEFF# my classes { }\nitem { id: 0 name: 'background' }\nitem {\n  id: 1, # the first: one\n  name: 'cat'\n}\nitem: { id: 2; name: \"dog\" }\n",
    ],
    [
      'with properties that are not read',
      'item { id: 1 name: "cat" keypoints { id: 9 label: "tail" } } item < id: 2 name: "dog" frequency: 0.5 >',
    ],
  ])('%s', (_, text) => {
    expect(parseLabels(text)).toEqual(catAndDog);
  });

  test('keeps quotes, braces and number signs within names', () => {
    expect(parseLabels(`item { id: 5 name: "a \\"b\\" {#1}" } item { id: 7 name: 'it\\'s' }`)).toEqual([
      { id: 5, name: 'a "b" {#1}' },
      { id: 7, name: "it's" },
    ]);
  });

  test.each([
    ['without a name', 'item { id: 1 }', /An item of the label map has id: 1/],
    ['without an id', "item { name: 'cat' }", /An item of the label map has name: cat/],
    ['with a brace too few', "item { id: 1 name: 'cat'", /bracket without its other half/],
    ['with a brace too many', "item { id: 1 name: 'cat' } }", /bracket without its other half/],
    [
      'with an id twice',
      "item { id: 1 name: 'cat' } item { id: 1 name: 'dog' }",
      /'cat' and 'dog' both have the id 1/,
    ],
    ['with an id that is no number', "item { id: one name: 'cat' }", /'cat' has the id NaN/],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseLabels(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => parseLabels(text)).toThrow(message);
  });
});

describe('a text', () => {
  test.each([
    ['with a name per line', 'cat\ndog\n'],
    ['with Windows line ends and spaces', ' cat \r\ndog\r\n\r\n'],
    ['with a background', 'background\ncat\ndog'],
    ['with ??? for the background', '???\ncat\ndog'],
  ])('%s', (_, text) => {
    expect(parseLabels(text)).toEqual(catAndDog);
  });

  test('leaves out ids without a class', () => {
    expect(parseLabels('???\ncat\n???\ndog')).toEqual([
      { id: 1, name: 'cat' },
      { id: 3, name: 'dog' },
    ]);
  });

  test('may have names with colons and spaces, and one that begins with item', () => {
    expect(parseLabels('item of clothing\nsign: stop').map(({ name }) => name)).toEqual([
      'item of clothing',
      'sign: stop',
    ]);
  });

  test('is refused when it is empty', () => {
    for (const text of ['', '\n\n', 'background'])
      expect(() => parseLabels(text)).toThrow('There are no labels.');
  });
});

describe('JSON', () => {
  test.each([
    ['a list of names', '["cat", "dog"]'],
    ['a list of names with a background', '["background", "cat", "dog"]'],
    ['an object from id to name', '{ "2": "dog", "1": "cat" }'],
    ['a list of labels', '[{ "id": 1, "name": "cat" }, { "id": 2, "name": "dog", "color": "red" }]'],
    [
      'COCO annotations',
      '{ "images": [], "categories": [{ "id": 2, "name": "dog" }, { "id": 1, "name": "cat" }] }',
    ],
  ])('%s', (_, text) => {
    expect(parseLabels(text)).toEqual(catAndDog);
  });

  test.each([
    ['[1, 2]', /A label is 1/],
    ['["cat", 2]', /A label is "cat"/],
    ['{"a": "cat"}', /'cat' has the id NaN/],
    ['{"1": ["cat"]}', /A label is/],
    ['{"1": "cat"', /no JSON text/],
    ['[]', /There are no labels/],
    ['[{ "id": 1.5, "name": "cat" }]', /'cat' has the id 1.5/],
  ])('%s is refused', (text, message) => {
    expect(() => parseLabels(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => parseLabels(text)).toThrow(message);
  });
});

test('names come back from a label map, whatever is in them', () => {
  const name = fc
    .string({ minLength: 1, unit: 'grapheme' })
    .filter((text) => text.trim() !== '' && !/[\n\r]/.test(text));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
      const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
      const text = names.map((each, index) => `item { name: ${quote(each)} id: ${index + 1} }`).join('\n');
      expect(parseLabels(text)).toEqual(names.map((each, index) => ({ id: index + 1, name: each })));
    }),
  );
});
