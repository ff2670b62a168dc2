// Classes of a detector paired with categories of annotations.

import { describe, expect, test } from 'vitest';
import { mapCategories } from './category-map.ts';

const labels = [
  { id: 1, name: 'person' },
  { id: 63, name: 'couch' },
  { id: 72, name: 'tv' },
];

describe('categories', () => {
  test('pair by name, whatever their ids', () => {
    const categories = [
      { id: 7, name: 'Person' },
      { id: 8, name: 'unicorn' },
    ];
    expect(mapCategories(labels, categories)).toEqual({
      categoryOf: new Map([[1, 7]]),
      unknown: ['unicorn'],
    });
  });

  test("pair by Pascal VOC's names", () => {
    const categories = [
      { id: 1, name: 'sofa' },
      { id: 2, name: 'tvmonitor' },
    ];
    expect([...mapCategories(labels, categories).categoryOf]).toEqual([
      [63, 1],
      [72, 2],
    ]);
  });

  test('pair by id where there are no names', () => {
    expect([...mapCategories(labels, [{ id: 72 }, { id: 3 }]).categoryOf]).toEqual([[72, 72]]);
  });

  test('that have nothing in common are refused', () => {
    expect(() => mapCategories(labels, [{ id: 1, name: 'unicorn' }])).toThrow(
      'The detector knows none of the 1 categories of the annotations (unicorn). It knows person, couch, tv; --weights names another.',
    );
  });
});
