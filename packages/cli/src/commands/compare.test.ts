// `ssdlite compare`, run in this process with streams of its own.

import { expect, test } from 'vitest';
import { commandLine, jsonOf } from '../fixtures/command-line.ts';

const here = commandLine();
const small = ['--runs', '1', '--classifier-size', '96', '--detector-size', '160'];

test('compare prints a table of classifiers and one of detectors', async () => {
  const { stdout, exitCode } = await here.ssdlite(['compare', ...small]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Classifiers of 1000 classes, 96 px');
  expect(stdout).toContain('Detectors of 80 classes, 160 px');
  // Keras counts 6,156,712 parameters with batch norm.
  expect(stdout).toMatch(/MobileNetV2 \(1\.4\) +6\.06 +108 /);
});

test('compare gives the same as JSON', async () => {
  const json = jsonOf(await here.ssdlite(['compare', ...small, '--json']));
  expect(json).toMatchObject({ engine: 'onnxruntime-node', runs: 1 });
  expect(json.networks).toHaveLength(7);
  for (const { milliseconds } of json.networks) expect(milliseconds).toBeGreaterThan(0);
});

test('compare refuses a size that no detector takes', async () => {
  const { stderr, exitCode } = await here.ssdlite(['compare', '--detector-size', '20']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('The input size is 20 x 20.');
});
