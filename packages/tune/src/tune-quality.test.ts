import { describe, expect, test } from 'vitest';
import { architecture, categoryOf, madeUpWorld, type WorldOptions } from './fixtures/made-up-world.ts';
import { MemoryStore } from './seen-store.ts';
import { type TuneOptions, tuneQuality } from './tune-quality.ts';

/** Things of 40 and of 150 pixels; the network knows those of some 35 pixels and more in its input. */
const smallAndLarge: WorldOptions = {
  pictures: 50,
  sides: [40, 40, 40, 150],
  scoreOf: (side) => 0.9 / (1 + Math.exp((32 - side) / 2)),
};

function tune(world: WorldOptions, options: Partial<TuneOptions> = {}) {
  const made = madeUpWorld(world);
  const { images, groundTruth, look } = made;
  const result = tuneQuality({
    images,
    groundTruth,
    look,
    categoryOf,
    architecture,
    maxCost: 2.5,
    resamples: 200,
    ...options,
  });
  return { ...made, result };
}

describe('a network that does not see small things in one pass', () => {
  test('is given views that show them larger, within the bound, and pictures that had no say confirm it', async () => {
    const { level, steps, heldOut, tuningImages } = await tune(smallAndLarge, { name: 'small' }).result;
    expect([tuningImages, heldOut.images]).toEqual([30, 20]);
    expect(level.name).toBe('small');
    expect(level.cost).toBeLessThanOrEqual(2.5);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.at(-1)?.recipe).toEqual({ views: level.views, sizeWeights: level.sizeWeights });
    for (const { interval } of steps) expect(interval[0]).toBeGreaterThan(0);
    const { AP } = heldOut.overStart;
    expect(AP?.interval[0]).toBeGreaterThan(0.05);
    expect(heldOut.tuned.stats.AP).toBe(AP?.b);
    expect(level.metrics.map(({ name, value }) => [name, value])).toEqual([
      ['AP', heldOut.tuned.stats.AP],
      ['AP of fast', heldOut.fast.stats.AP],
      ['AP of soft-vote', heldOut.start.stats.AP],
    ]);
  });

  test('is given nothing that costs more than one pass if that is the bound', async () => {
    const { level } = await tune(smallAndLarge, { maxCost: 1 }).result;
    expect(level.cost).toBeLessThanOrEqual(1);
  });

  test('begins with the best level that every weights file has, if the bound has room for it', async () => {
    const { heldOut } = await tune({ ...smallAndLarge, pictures: 20 }, { maxCost: 4 }).result;
    expect(heldOut.start).toMatchObject({ name: 'balanced', cost: expect.closeTo(3.63, 2) });
  });

  test('has the same outcome with the same seed', async () => {
    const few = { ...smallAndLarge, pictures: 20 };
    const [one, other] = [await tune(few).result, await tune(few).result];
    expect(one).toEqual(other);
  });

  test('is judged by folds of all pictures, and tuned on all of them', async () => {
    const { heldOut, tuningImages, level } = await tune({ ...smallAndLarge, pictures: 24 }, { folds: 2 })
      .result;
    expect([tuningImages, heldOut.images]).toEqual([24, 24]);
    expect(heldOut.overStart.AP?.difference).toBeGreaterThan(0);
    expect(level.metrics[0]?.method).toContain('2 folds');
  });
});

test('A network that sees nothing at all has an AP of 0, and no level is better', async () => {
  const { steps, heldOut } = await tune(
    { ...smallAndLarge, pictures: 12 },
    {
      look: async (_, views) => ({
        width: 640,
        height: 480,
        cost: 1,
        views: views.map(() => ({
          count: 0,
          columns: new Int32Array(),
          scores: new Float64Array(),
          boxes: new Float32Array(),
          regions: [{ x: 0, y: 0, width: 640, height: 480 }],
          magnification: 1,
        })),
      }),
    },
  ).result;
  expect(steps).toEqual([]);
  expect([heldOut.fast.stats.AP, heldOut.tuned.stats.AP]).toEqual([0, 0]);
});

test('Where all views see the same, chance is not called a gain', async () => {
  const blind: WorldOptions = { pictures: 60, sides: [40, 60, 80], scoreOf: () => 0.5, noise: 0.3 };
  let steps = 0;
  for (const seed of [1, 2, 3, 4]) {
    // One view may be added to none: all of them are as good as the first, so only weights and swaps are tried.
    steps += (await tune(blind, { maxCost: 1, seed }).result).steps.length;
  }
  expect(steps).toBeLessThanOrEqual(1);
});

test('What judges has no say: with wrong annotations there, the level is the same', async () => {
  const { looked, result } = tune(smallAndLarge);
  const honest = await result;
  // Pictures that judge are looked at once to see that they can be read, and then only by the ways that are judged.
  const views = new Map<number, number>();
  for (const one of looked) views.set(one.id, (views.get(one.id) ?? 0) + one.views.length);
  const judging = [...views].filter(([, count]) => count < 6).map(([id]) => id);
  expect(judging).toHaveLength(20);
  const lied = await tune({ ...smallAndLarge, wrong: (id) => judging.includes(id) }).result;
  expect({ ...lied.level, metrics: [] }).toEqual({ ...honest.level, metrics: [] });
  expect(lied.heldOut.tuned.stats.AP).toBeLessThan(0.01);
});

describe('what was seen', () => {
  test('is kept: with the same store, the network does not run again', async () => {
    const store = new MemoryStore();
    const few = { ...smallAndLarge, pictures: 20 };
    const first = tune(few, { store });
    await first.result;
    const again = tune(few, { store });
    expect(await again.result).toEqual(await first.result);
    expect(again.looked).toEqual([]);
  });

  test('before a signal ended the call is not looked at again', async () => {
    const store = new MemoryStore();
    const controller = new AbortController();
    const stopped = tune(smallAndLarge, {
      store,
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        if (total === 30 && done === 10) controller.abort();
      },
    });
    await expect(stopped.result).rejects.toMatchObject({ code: 'ABORTED' });
    // All 50 by one view, 10 by the others.
    expect(stopped.looked).toHaveLength(60);
    const resumed = tune(smallAndLarge, { store });
    await resumed.result;
    expect(resumed.looked.filter(({ id }) => stopped.looked.slice(50).some((one) => one.id === id))).toEqual(
      [],
    );
  });
});

describe('a picture that cannot be read', () => {
  const broken = new Error('broken');
  const world = madeUpWorld({ ...smallAndLarge, pictures: 20 });
  const look: TuneOptions['look'] = (image, views) =>
    image.id === 3 ? Promise.reject(broken) : world.look(image, views);

  test('is told and left out', async () => {
    const told: unknown[] = [];
    const { heldOut, tuningImages } = await tune(
      { ...smallAndLarge, pictures: 20 },
      { look, onUnreadable: (error, { id }) => told.push([error, id]) },
    ).result;
    expect(told).toEqual([[broken, 3]]);
    expect(heldOut.images + tuningImages).toBe(19);
  });

  test('ends the call where nobody listens', async () => {
    await expect(tune({ ...smallAndLarge, pictures: 20 }, { look }).result).rejects.toBe(broken);
  });
});

describe('refused', () => {
  test.each<[string, Partial<TuneOptions>, string]>([
    ['a bound under one pass', { maxCost: 0.5 }, 'maxCost is 0.5'],
    ['a bound that is NaN', { maxCost: Number.NaN }, 'maxCost is NaN'],
    ['nothing that judges', { holdout: 0 }, 'holdout is 0'],
    ['one fold', { folds: 1 }, 'folds is 1'],
    ['a share and folds', { holdout: 0.5, folds: 2 }, 'Both holdout and folds'],
    ['too few pictures on a side', { holdout: 0.05 }, '20 pictures are too few: 19 would tune and 1 judge'],
    ['an unknown metric', { metric: 'mAP' }, "There is no metric 'mAP'"],
    ['a metric without objects', { metric: 'APlarge' }, 'APlarge cannot be measured'],
    ['a name of a built-in level', { name: 'high' }, 'cannot be called "high"'],
    ['no class', { categoryOf: new Map() }, 'No class'],
    ['a picture twice', { images: [1, 1].map((id) => ({ id, key: 'a' })) }, 'A picture is there twice'],
  ])('%s', async (_, options, message) => {
    const world = { ...smallAndLarge, pictures: 20, sides: [40, 60] };
    await expect(tune(world, options).result).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });
});
