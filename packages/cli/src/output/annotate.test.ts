import sharp from 'sharp';
import { expect, test } from 'vitest';
import { Annotator } from './annotate.ts';

const box = { x: 8, y: 8, width: 16, height: 16 };
const detections = [{ label: 'person', classId: 1, score: 0.9, box }];

/** The colour at a place of an encoded picture. */
async function colorAt(bytes: Buffer, { x, y }: { x: number; y: number }): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const from = (y * info.width + x) * info.channels;
  return [...data.subarray(from, from + 3)];
}

test.each([1, 3, 4] as const)('Draws on pixels of %i channels without changing them', async (channels) => {
  const data = new Uint8Array(32 * 32 * channels).fill(200);
  const pixels = { data, width: 32, height: 32, channels };
  const bytes = await new Annotator().annotate(pixels, { detections, name: 'a.png' });
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 32, height: 32, channels: 3, format: 'png' });
  expect(await colorAt(bytes, { x: 2, y: 30 })).toEqual([200, 200, 200]);
  // The left edge of the box is in the colour of its class.
  expect(await colorAt(bytes, { x: 8, y: 22 })).not.toEqual([200, 200, 200]);
  expect(data.every((value) => value === 200)).toBe(true);
});

test('Pictures that are drawn at once do not mix', async () => {
  const annotator = new Annotator();
  const grey = (value: number) => ({
    data: new Uint8Array(16 * 16 * 3).fill(value),
    width: 16,
    height: 16,
    channels: 3 as const,
  });
  const drawn = await Promise.all(
    [10, 90, 250].map((value) => annotator.annotate(grey(value), { detections: [], name: 'a.png' })),
  );
  const colors = await Promise.all(drawn.map((bytes) => colorAt(bytes, { x: 5, y: 5 })));
  expect(colors).toEqual([
    [10, 10, 10],
    [90, 90, 90],
    [250, 250, 250],
  ]);
});
