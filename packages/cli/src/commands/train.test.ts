// `ssdlite train`, run in this process with streams of its own.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine, photo, photos } from '../fixtures/command-line.ts';

const here = commandLine();

/** Two photos in a folder, with one box each. */
function labelled(
  boxes: readonly (readonly number[])[] = [
    [102, 64, 173, 239],
    [10, 10, 100, 100],
  ],
): string[] {
  mkdirSync(join(here.folder, 'photos'), { recursive: true });
  for (const name of ['bike-shop.jpg', 'cake.jpg'])
    copyFileSync(join(photos, name), join(here.folder, 'photos', name));
  const labels = {
    images: [
      { id: 1, file_name: 'bike-shop.jpg', width: 500, height: 334 },
      { id: 2, file_name: 'cake.jpg', width: 640, height: 480 },
    ],
    categories: [{ id: 1, name: 'person' }],
    annotations: boxes.map((bbox, index) => ({
      id: index + 1,
      image_id: index + 1,
      category_id: 1,
      bbox,
      area: 100,
      iscrowd: 0,
    })),
  };
  writeFileSync(join(here.folder, 'train.json'), JSON.stringify(labels));
  return ['train', '--annotations', 'train.json', '--images', 'photos', '--out', 'runs/mine'];
}

// In plain JavaScript, which is slow but always there, so that only the last class head is trained.
const quick = [
  '--engine',
  'cpu',
  '--batch',
  '1',
  '--steps',
  '2',
  '--workers',
  '0',
  '--freeze',
  'class_head_4_project',
  '--views',
  '1',
];

test('train makes weights that detect, and says what was odd', { timeout: 300_000 }, async () => {
  const trained = await here.ssdlite([
    ...labelled([
      [102, 64, 173, 239],
      [10, 10, 0, 100],
    ]),
    '--val',
    'train.json',
    ...quick,
  ]);
  expect(trained.stderr).toContain("warning: The box of annotation 2 on 'cake.jpg' has no area");
  expect(trained.exitCode).toBe(0);
  expect(trained.stdout).toMatch(/^classes +person$/m);
  expect(trained.stdout).toMatch(/^step 2: AP [01]\.\d+, AP50 [01]\.\d+, the best so far$/m);
  expect(trained.stdout).toMatch(/^next +ssdlite detect photo\.jpg --weights runs\/mine\/best$/m);
  const detected = await here.ssdlite([
    'detect',
    photo,
    '--weights',
    'runs/mine/best',
    '--json',
    '-',
    '--score',
    '0.2',
  ]);
  expect(JSON.parse(detected.stdout)[0].detections[0]).toMatchObject({ label: 'person', classId: 1 });
  expect(existsSync(join(here.folder, 'runs/mine/report.html'))).toBe(true);

  const again = await here.ssdlite([...labelled(), ...quick]);
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('RUN_MISMATCH')]);
  const other = await here.ssdlite([...labelled(), ...quick, '--resume']);
  expect(other.stderr).toContain('The run began with train.boxes 1, and is to go on with 2.');
});

test('train prints events as JSON lines', { timeout: 300_000 }, async () => {
  const { stdout } = await here.ssdlite([
    ...labelled(),
    ...quick,
    '--json',
    '--optimizer',
    'adam',
    '--lr',
    '0.001',
    '--schedule',
    'constant',
  ]);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ kind }) => kind)).toEqual(['started', 'step', 'samples', 'step', 'samples', 'done']);
  expect(events[0].config.config).toEqual({
    freeze: 'class_head_4_project',
    optimizer: { name: 'adam' },
    schedule: { name: 'constant', learningRate: 0.001 },
  });
  expect(events[1].step).toMatchObject({
    step: 0,
    learningRate: 0.001,
    losses: { total: expect.any(Number) },
  });
  expect(events[1].step.training).toBeUndefined();
});

test('train refuses what cannot be meant, before any work', async () => {
  const run = async (...options: string[]) => {
    const { exitCode, stderr } = await here.ssdlite([...labelled(), ...options]);
    return [exitCode, stderr] as const;
  };
  expect(await run('--classes', 'persons')).toEqual([2, expect.stringContaining("Did you mean 'person'?")]);
  expect(await run('--engine', 'tfjs-webgl')).toEqual([
    1,
    expect.stringContaining('WebGL trains in browsers only.'),
  ]);
  expect(await run('--epochs', '3', '--steps', '4')).toEqual([
    2,
    expect.stringContaining('cannot be used with'),
  ]);
  expect(await run('--l2', '-1')).toEqual([2, expect.stringContaining('Give a number of at least 0.')]);
  expect(await run('--from', 'nowhere.safetensors')).toEqual([
    1,
    expect.stringContaining('WEIGHTS_NOT_FOUND'),
  ]);
  expect(existsSync(join(here.folder, 'runs'))).toBe(false);
});
