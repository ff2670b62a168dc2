// `ssdlite classify`, run in this process with streams of its own.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { commandLine, jsonOf, photo } from '../fixtures/command-line.ts';

const here = commandLine();

test('classify names the most probable classes of each picture', async () => {
  const model = new URL('../../../backbone/src/keras/fixtures/keras3.keras.gz', import.meta.url);
  writeFileSync(join(here.folder, 'model.keras'), gunzipSync(readFileSync(model)));
  writeFileSync(join(here.folder, 'labels.txt'), 'daisy\nrose\ntulip\n');
  const options = ['--weights', 'model.keras', '--labels', 'labels.txt', '--top', '2'];
  const table = await here.ssdlite(['classify', photo, ...options]);
  expect([table.exitCode, table.stderr]).toEqual([0, '']);
  expect(table.stdout.trim().split('\n')).toHaveLength(3);
  const json = await here.ssdlite(['classify', photo, 'absent.jpg', ...options, '--json']);
  expect(json.exitCode).toBe(1);
  const [first, second] = jsonOf(json);
  expect(first.file).toBe(photo);
  expect(first.classes).toHaveLength(2);
  expect(first.classes[0].probability).toBeGreaterThan(first.classes[1].probability);
  expect(second).toMatchObject({ file: 'absent.jpg', error: { code: 'IMAGE_NOT_FOUND' } });
});
