// `ssdlite info`, run in this process with streams of its own.

import { expect, test } from 'vitest';
import { commandLine } from '../fixtures/command-line.ts';

const here = commandLine();

test('info shows the counts of an architecture, and the licence of weights', async () => {
  const architecture = await here.ssdlite(['info', 'ssdlite-mobilenet-v2']);
  expect(architecture.stdout).toContain('4,500,543 trainable');
  expect(architecture.stdout).toContain('749.5 million');
  const weights = await here.ssdlite(['info']);
  expect(weights.stdout).toContain('Apache-2.0');
  expect(weights.stdout).toContain('80: person, bicycle');
});
