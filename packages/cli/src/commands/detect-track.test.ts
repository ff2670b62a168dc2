// `ssdlite detect --track`: the frames of a video, made by moving over a photo.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, test } from 'vitest';
import { commandLine, jsonOf, photo } from '../fixtures/command-line.ts';

const here = commandLine();
const frames = 12;

/** `video/frame-1.jpg` to `frame-12.jpg`: the camera moves to the right by 6 pixels a frame, past two people who stand still. */
beforeEach(async () => {
  mkdirSync(join(here.folder, 'video'));
  for (let frame = 1; frame <= frames; frame++) {
    await sharp(photo)
      .extract({ left: (frame - 1) * 6, top: 10, width: 400, height: 300 })
      .jpeg({ quality: 95 })
      .toFile(join(here.folder, `video/frame-${frame}.jpg`));
  }
});

const track = (...options: string[]) =>
  here.ssdlite(['detect', 'video', '--track', '--classes', 'person', ...options]);

interface JsonFrame {
  readonly file: string;
  readonly detections: readonly { id: number; state: string; box: { x: number } }[];
}

describe('detect --track', () => {
  test('gives two people one id each in all frames, in the order in which people number frames', async () => {
    const found: JsonFrame[] = jsonOf(await track('--json', '-'));
    expect(found.map(({ file }) => file)).toEqual(
      Array.from({ length: frames }, (_, index) => `video/frame-${index + 1}.jpg`),
    );
    for (const [index, { detections }] of found.entries()) {
      const state = index === 0 ? 'new' : 'found';
      expect(detections.map((one) => [one.id, one.state])).toEqual([
        [1, state],
        [2, state],
      ]);
    }
    // Id 1 is the same man: he goes to the left as the camera goes to the right.
    const places = found.map(({ detections }) => detections[0]?.box.x ?? Number.NaN);
    expect((places[0] ?? 0) - (places.at(-1) ?? 0)).toBeGreaterThan(50);
  });

  test('writes ids into all kinds of results, and draws them', async () => {
    const { exitCode, stdout } = await track(
      ...[
        '--json',
        'coco.json',
        '--format',
        'coco',
        '--csv',
        'a.csv',
        '--mot',
        'a.txt',
        '--out',
        'drawn',
        '-q',
      ],
    );
    expect([exitCode, stdout]).toEqual([0, '']);
    const read = (name: string): string[] =>
      readFileSync(join(here.folder, name), 'utf8').trimEnd().split('\n');
    const coco: Record<string, unknown>[] = JSON.parse(read('coco.json').join('\n'));
    expect(coco[1]).toMatchObject({ image_id: 1, track_id: 2, category_id: 1 });
    expect(coco).toHaveLength(2 * frames);
    const csv = read('a.csv');
    expect(csv[0]).toBe('file,id,label,class_id,score,x,y,width,height');
    expect(csv[1]).toMatch(/^video\/frame-1\.jpg,1,person,1,0\.9\d+,1\d\d\.?\d*,/);
    const mot = read('a.txt').map((line) => line.split(',').map(Number));
    expect(mot.map(([frame, id]) => [frame, id])).toEqual(
      Array.from({ length: 2 * frames }, (_, index) => [Math.floor(index / 2) + 1, (index % 2) + 1]),
    );
    expect(mot[0]?.slice(-2)).toEqual([1, -1]);
    expect(readdirSync(join(here.folder, 'drawn'))).toHaveLength(frames);
  });

  test('has a column for ids in the table', async () => {
    const { stdout } = await track();
    expect(stdout).toMatch(/^picture +id +object +score/);
    expect(stdout).toMatch(/frame-12\.jpg +2 +person/);
  });

  test('goes on after a frame that cannot be read', async () => {
    writeFileSync(join(here.folder, 'video/frame-6.jpg'), 'no picture');
    const ran = await track('--json', '-');
    expect(ran.exitCode).toBe(1);
    const found = jsonOf(ran);
    expect(found[5].error.code).toBe('IMAGE_UNREADABLE');
    expect(found[6].detections.map(({ id }: { id: number }) => id)).toEqual([1, 2]);
  });

  test.each<[string, string[], string]>([
    ['tracks without tracking', ['--mot', 'a.txt'], '--mot is given without --track'],
    ['a frame rate without tracking', ['--frame-rate', '25'], '--frame-rate is given without --track'],
    ['a frame rate of nothing', ['--track', '--frame-rate', '0'], 'over 0'],
    ['two results in one file', ['--json', 'a', '--csv', 'a'], '--json and --csv both go to a'],
    ['two results on standard output', ['--json', '-', '--csv', '-'], '--json and --csv both go to -'],
    ['a results file that is a frame', ['--csv', 'video/frame-1.jpg'], 'would replace'],
  ])('refuses %s', async (_, options, message) => {
    const { exitCode, stdout, stderr } = await here.ssdlite(['detect', 'video', ...options]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test('leaves no file where one of them cannot be written', async () => {
    const { exitCode, stderr } = await track('--csv', 'a.csv', '--mot', 'absent/a.txt');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error WRITE_FAILED: /);
    expect(readdirSync(here.folder)).toEqual(['video']);
  });
});
