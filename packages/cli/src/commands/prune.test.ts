// `ssdlite prune`, run in this process with streams of its own.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine, jsonOf, photo } from '../fixtures/command-line.ts';

const here = commandLine();

test('prune makes weights that detect the same, and tells what it took out', async () => {
  const figures = jsonOf(await here.ssdlite(['prune', '--out', 'lean', '--name', 'lean', '--json']));
  expect(figures).toMatchObject({
    encoding: 'float32',
    multiplyAdds: { before: 749_503_856, after: 695_026_544 },
    layers: [
      { name: 'class_head_0_depthwise', reads: 320 },
      { name: 'class_head_1_depthwise', reads: 768 },
    ],
  });
  expect(figures.largestDifference).toBeLessThan(1e-5);
  expect(readdirSync(join(here.folder, 'lean')).sort()).toEqual(['lean.json', 'lean.safetensors']);
  const found = async (...options: string[]) =>
    jsonOf(await here.ssdlite(['detect', photo, '--json', '-', ...options]))[0].detections.map(
      ({ label, box }: { label: string; box: Record<string, number> }) => [label, Math.round(box.x ?? 0)],
    );
  expect(await found('--weights', 'lean')).toEqual(await found());
  const again = await here.ssdlite(['prune', 'lean', '--out', 'leaner']);
  expect(again.stderr).toContain("The weights 'lean' are pruned already.");
  expect(again.exitCode).toBe(2);
});
