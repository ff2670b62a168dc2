// `ssdlite inspect`, run in this process with streams of its own.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine, jsonOf, photo } from '../fixtures/command-line.ts';

const here = commandLine();

test('inspect counts dead kernels: in the heads, not in the backbone', async () => {
  const { stdout, exitCode } = await here.ssdlite(['inspect']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('894 of 13,728 depthwise kernels are dead (6.5 %).');
  expect(stdout).toMatch(/^class_head_1_depthwise +1280 +521 \(41 %\) +520 +41\.4 % /m);
  expect(stdout).toMatch(/^block_16_depthwise +960 +- +- /m);
  expect(stdout).not.toContain('block_16_project');
  expect((await here.ssdlite(['inspect', '--all'])).stdout).toContain('block_16_project');
});

test('inspect measures on pictures what channels carry', async () => {
  const json = jsonOf(await here.ssdlite(['inspect', '--pictures', photo, '--json']));
  const layer = json.layers.find(({ name }: { name: string }) => name === 'class_head_0_depthwise');
  expect(layer).toMatchObject({ kind: 'DepthwiseConv2D', channels: 576 });
  expect(layer.dead).toHaveLength(271);
  expect(layer.carried.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const channel of layer.constant) expect(layer.carried[channel]).toBeLessThan(1e-9);
});

test('inspect writes a page with every kernel, which needs nothing else', async () => {
  const { exitCode } = await here.ssdlite(['inspect', '--html', 'kernels.html']);
  expect(exitCode).toBe(0);
  const page = readFileSync(join(here.folder, 'kernels.html'), 'utf8');
  expect(page.match(/<canvas>/g)).toHaveLength(33);
  expect(page).not.toMatch(/(src|href)="(?!#)/);
  const [, json = ''] = /const layers = (\[.*\]);/.exec(page) ?? [];
  const [first] = JSON.parse(json);
  expect(first).toMatchObject({ name: 'expanded_conv_depthwise', channels: 32, side: 3 });
  expect(Buffer.from(first.weights, 'base64')).toHaveLength(9 * 32 * 2);
});

test('inspect refuses what is no share', async () => {
  const { stderr, exitCode } = await here.ssdlite(['inspect', '--threshold', '2']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Give a number from 0 to 1.')]);
});
