import { expect, test } from 'vitest';
import { FrameTracks } from './frame-tracks.ts';

const at = (x: number) => ({
  detections: [{ label: 'cup', classId: 47, score: 0.9, box: { x, y: 0, width: 40, height: 40 } }],
});

test('Frames that are looked at at once are followed in their order', async () => {
  const tracks = new FrameTracks({ frameRate: 30 });
  let endFirst = (): void => {};
  const first = tracks.follow(
    0,
    new Promise<ReturnType<typeof at>>((resolve) => {
      endFirst = () => resolve(at(0));
    }),
  );
  const second = tracks.follow(1, Promise.resolve(at(5)));
  endFirst();
  expect((await second).detections).toMatchObject([{ id: 1, state: 'found', box: { x: 5 } }]);
  expect((await first).detections).toMatchObject([{ id: 1, state: 'new' }]);
});

test('A frame that fails does not stop those after it, and its time passes', async () => {
  const tracks = new FrameTracks({ frameRate: 30, keepLostMs: 100 });
  await tracks.follow(0, Promise.resolve(at(0)));
  await expect(tracks.follow(1, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect((await tracks.follow(2, Promise.resolve(at(0)))).detections).toMatchObject([{ id: 1 }]);
  // A second later nothing is kept, and what is there must be found twice.
  expect((await tracks.follow(32, Promise.resolve(at(900)))).detections).toEqual([]);
  expect((await tracks.follow(33, Promise.resolve(at(900)))).detections).toMatchObject([{ id: 2 }]);
});
