// `ssdlite bench`, run in this process with streams of its own.

import { expect, test } from 'vitest';
import { commandLine, jsonOf, photo } from '../fixtures/command-line.ts';

const here = commandLine();

test('bench tells every stage', async () => {
  const figures = jsonOf(await here.ssdlite(['bench', photo, '--runs', '3', '--json']));
  expect(figures).toMatchObject({ engine: 'onnxruntime-node', runs: 3 });
  expect(figures.picture).toEqual({ name: photo, width: 500, height: 334 });
  for (const stage of ['decode', 'preprocess', 'inference', 'postprocess', 'total']) {
    const { median, percentile95 } = figures.stages[stage];
    expect(median).toBeGreaterThan(0);
    expect(percentile95).toBeGreaterThanOrEqual(median);
  }
  const madeUp = await here.ssdlite(['bench', '--runs', '1']);
  expect(madeUp.stdout).toContain('(made up), 640 x 480, 1 runs');
});
