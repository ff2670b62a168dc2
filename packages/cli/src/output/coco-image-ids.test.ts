import { expect, test } from 'vitest';
import { cocoImageIds } from './coco-image-ids.ts';

test('Pictures of COCO have the number that their name is', () => {
  expect(cocoImageIds(['000000000139.jpg', '000000412151.jpg'])).toEqual({ ids: [139, 412151], numbered: 2 });
});

test('Other pictures are counted from 1', () => {
  expect(cocoImageIds(['a.jpg', 'b2.jpg', 'c.tar.jpg'])).toEqual({ ids: [1, 2, 3], numbered: 0 });
});

test('No id is there twice, whatever the names', () => {
  // b is second, but 2 is the first's; the next free number above all is 6. The second 2.png is fourth.
  expect(cocoImageIds(['2.jpg', 'b.jpg', '5.jpg', '2.png', 'e.jpg'])).toEqual({
    ids: [2, 6, 5, 4, 7],
    numbered: 2,
  });
});

test('A number that JavaScript cannot hold is a name', () => {
  expect(cocoImageIds(['99999999999999999999.jpg']).ids).toEqual([1]);
});
