// `ssdlite tune` on the sample photos, with what the detector itself finds on them as annotations.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDetectorWeights } from 'ssdlite/node';
import { beforeEach, describe, expect, test } from 'vitest';
import { commandLine, jsonOf, photo, photos } from '../fixtures/command-line.ts';

const here = commandLine();

interface CocoObject {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [number, number, number, number];
}

/** What `balanced` finds on the photos, once for all tests. */
let truth: string | undefined;

/** `photos/1.jpg` to `10.jpg` and `truth.json`. */
beforeEach(async () => {
  mkdirSync(join(here.folder, 'photos'));
  const names = readdirSync(photos).filter((name) => name.endsWith('.jpg'));
  for (const [index, name] of names.entries()) {
    copyFileSync(join(photos, name), join(here.folder, `photos/${index + 1}.jpg`));
  }
  truth ??= await annotations(names.length);
  writeFileSync(join(here.folder, 'truth.json'), truth);
});

async function annotations(pictures: number): Promise<string> {
  const options = ['--quality', 'balanced', '--score', '0.35', '--json', '-', '--format', 'coco'];
  const found: CocoObject[] = jsonOf(await here.ssdlite(['detect', 'photos', ...options]));
  return JSON.stringify({
    images: Array.from({ length: pictures }, (_, index) => ({
      id: index + 1,
      file_name: `${index + 1}.jpg`,
    })),
    categories: [...new Set(found.map((one) => one.category_id))].map((id) => ({ id })),
    annotations: found.map((one, index) => ({
      ...one,
      id: index + 1,
      area: one.bbox[2] * one.bbox[3],
      iscrowd: 0,
    })),
  });
}

const tune = (...options: string[]) =>
  here.ssdlite(['tune', '--images', 'photos', '--annotations', 'truth.json', ...options]);

describe('tune', () => {
  test('writes weights with a level that detect takes, and says what it is worth on pictures that had no say', async () => {
    const { exitCode, stdout, stderr } = await tune(
      '--out',
      'mine',
      '--max-cost',
      '1.3',
      '--json',
      'tuned.json',
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^4 pictures that had no say +cost +AP +AP50 +small +medium +large$/m);
    expect(stdout).toMatch(/^fast +1\.0 +0\.\d{3} /m);
    expect(stdout).toMatch(/tuned over fast: AP [+-]0\.\d{3} \([+-]0\.\d{3} to [+-]0\.\d{3}\)/);
    expect(readdirSync(here.folder).sort()).toEqual([
      'mine',
      'mine.cache',
      'photos',
      'truth.json',
      'tuned.json',
    ]);
    const { manifest } = await readDetectorWeights(join(here.folder, 'mine'));
    const [level] = manifest.levels ?? [];
    const outcome = JSON.parse(readFileSync(join(here.folder, 'tuned.json'), 'utf8'));
    expect(level).toEqual(outcome.level);
    expect(level?.cost).toBeLessThanOrEqual(1.3);
    expect(outcome.heldOut.images + outcome.tuningImages).toBe(10);
    const detected = await here.ssdlite([
      'detect',
      photo,
      '--weights',
      'mine',
      '--quality',
      'tuned',
      '--json',
      '-',
    ]);
    expect(jsonOf(detected)[0].detections.length).toBeGreaterThan(0);
    const info = await here.ssdlite(['info', 'mine']);
    expect(info.stdout).toMatch(/^level tuned +\S.*times the cost of one pass/m);
    // Again from what was seen, into the same weights under another name.
    const again = await tune(
      ...[
        '--weights',
        'mine',
        '--out',
        'mine',
        '--cache',
        'mine.cache',
        '--name',
        'other',
        '--max-cost',
        '1',
        '-q',
      ],
    );
    expect(again).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    const both = await readDetectorWeights(join(here.folder, 'mine'));
    expect(both.manifest.levels?.map(({ name }) => name)).toEqual(['tuned', 'other']);
  });

  test('leaves out a picture that cannot be read, and says so', async () => {
    writeFileSync(join(here.folder, 'photos/4.jpg'), 'no picture');
    const { exitCode, stdout, stderr } = await tune('--out', 'mine', '--max-cost', '1', '--holdout', '0.5');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error IMAGE_UNREADABLE: .*4\.jpg/);
    expect(stdout).toContain('pictures that had no say');
  });

  test('stops when its signal says so: nothing is written, and the same command goes on from there', async () => {
    const controller = new AbortController();
    const stopped = await here.ssdlite(
      ['tune', '--images', 'photos', '--annotations', 'truth.json', '--out', 'mine', '--max-cost', '1'],
      // The first line of progress: a picture has been looked at.
      { signal: controller.signal, terminal: true, onStderr: () => controller.abort() },
    );
    expect([stopped.exitCode, stopped.stdout]).toEqual([130, '']);
    expect(stopped.stderr).toContain('Stopped. What was seen is kept');
    expect(readdirSync(join(here.folder, 'mine'))).toEqual([]);
    const seen = readdirSync(join(here.folder, 'mine.cache'));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length).toBeLessThan(10);
    expect((await tune('--out', 'mine', '--max-cost', '1')).exitCode).toBe(0);
    expect(readdirSync(join(here.folder, 'mine.cache'))).toEqual(expect.arrayContaining(seen));
    expect(readdirSync(join(here.folder, 'mine'))).toHaveLength(2);
  });

  test.each<[string, string[], string]>([
    ['no folder for the weights', [], '--out'],
    ['a bound of nothing', ['--out', 'mine', '--max-cost', '0'], 'over 0'],
    ['a bound under one pass', ['--out', 'mine', '--max-cost', '0.5'], 'maxCost is 0.5'],
    ['a share and folds', ['--out', 'mine', '--holdout', '0.3', '--folds', '2'], 'cannot be used with'],
    ['folds that are too small', ['--out', 'mine', '--folds', '5'], '10 pictures are too few'],
    ['the name of a built-in level', ['--out', 'mine', '--name', 'high'], 'cannot be called "high"'],
    ['a metric that there is not', ['--out', 'mine', '--metric', 'mAP'], "There is no metric 'mAP'"],
    ['a folder that is not there', ['--out', 'mine', '--images', 'absent'], "there is no folder 'absent'"],
  ])('refuses %s', async (_, options, message) => {
    const { exitCode, stderr } = await tune(...options);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(readdirSync(here.folder)).not.toContain('tuned.json');
  });
});
