// `ssdlite detect`, run in this process with streams of its own.

import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { commandLine, jsonOf, photo, photos } from '../fixtures/command-line.ts';

const here = commandLine();

describe('detect', () => {
  test('prints a table and a sentence, and nothing on standard error', async () => {
    const { exitCode, stdout, stderr } = await here.ssdlite(['detect', photo]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/bike-shop\.jpg\s+person\s+0\.7\d\s+102\s+64\s+173\s+239/);
    expect(stdout).toContain('4 objects in 1 picture');
  });

  test('gives JSON on standard output and nothing else', async () => {
    const [result, ...rest] = jsonOf(
      await here.ssdlite(['detect', photo, '--json', '-', '--classes', 'person']),
    );
    expect(rest).toEqual([]);
    expect(result).toMatchObject({ file: photo, width: 500, height: 334 });
    expect(result.detections).toEqual([expect.objectContaining({ label: 'person', classId: 1 })]);
  });

  test('gives COCO results with the image id of the file name', async () => {
    await copyFile(photo, join(here.folder, '000000412151.jpg'));
    const [first] = jsonOf(
      await here.ssdlite(['detect', '000000412151.jpg', '--json', '-', '--format', 'coco']),
    );
    expect(first).toMatchObject({ image_id: 412151, category_id: 1 });
    expect(first.bbox.map(Math.round)).toEqual([102, 64, 173, 239]);
  });

  test('writes the annotated picture in the size of the original, and the JSON file, whole', async () => {
    const { exitCode } = await here.ssdlite(['detect', photo, '--out', 'drawn', '--json', 'found.json']);
    expect(exitCode).toBe(0);
    expect(readdirSync(here.folder).sort()).toEqual(['drawn', 'found.json']);
    expect(readdirSync(join(here.folder, 'drawn'))).toEqual(['bike-shop.jpg']);
    expect(await sharp(join(here.folder, 'drawn/bike-shop.jpg')).metadata()).toMatchObject({
      width: 500,
      height: 334,
      format: 'jpeg',
    });
    expect(JSON.parse(readFileSync(join(here.folder, 'found.json'), 'utf8'))).toHaveLength(1);
  });

  test('cuts objects out, in whole pixels around them', async () => {
    await here.ssdlite(['detect', photo, '--crops', 'crops', '--classes', 'person']);
    const [name, ...rest] = readdirSync(join(here.folder, 'crops'));
    expect(rest).toEqual([]);
    expect(await sharp(join(here.folder, 'crops', name ?? '')).metadata()).toMatchObject({ height: 240 });
  });

  test('reads standard input, folders and patterns', async () => {
    await copyFile(photo, join(here.folder, 'a.jpg'));
    await copyFile(photo, join(here.folder, 'b.JPG'));
    writeFileSync(join(here.folder, 'notes.txt'), 'no picture');
    const fromStdin = jsonOf(
      await here.ssdlite(['detect', '-', '--json', '-'], { stdin: Readable.from([readFileSync(photo)]) }),
    );
    const fromFolder = jsonOf(await here.ssdlite(['detect', '.', '--json', '-']));
    const fromPattern = jsonOf(await here.ssdlite(['detect', '*.jpg', '--json', '-']));
    expect(fromFolder).toHaveLength(2);
    expect(fromPattern).toHaveLength(1);
    expect(fromStdin[0].detections).toEqual(fromPattern[0].detections);
  });

  test('names a broken picture and does the others; the exit code says so', async () => {
    writeFileSync(join(here.folder, 'text.jpg'), 'I am no picture');
    writeFileSync(join(here.folder, 'cut.jpg'), readFileSync(photo).subarray(0, 20_000));
    const ran = await here.ssdlite(['detect', 'text.jpg', 'cut.jpg', 'absent.jpg', photo, '--json', '-']);
    expect(ran.exitCode).toBe(1);
    const lines = ran.stderr.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^error IMAGE_UNREADABLE: .*text\.jpg/);
    expect(lines[1]).toMatch(/^error IMAGE_UNREADABLE: .*cut\.jpg/);
    expect(lines[2]).toMatch(/^error IMAGE_NOT_FOUND: .*absent\.jpg/);
    expect(jsonOf(ran)[3].detections).toHaveLength(4);
  });

  test.each<[string, string[], string]>([
    ['no picture', ['detect'], 'No picture is named'],
    ['a score that is no number', ['detect', photo, '--score', 'NaN'], 'from 0 to 1'],
    ['an unknown class', ['detect', photo, '--classes', 'persn'], "Did you mean 'person'?"],
    ['an unknown option', ['detect', photo, '--scor', '0.4'], '--score'],
    ['a negative region', ['detect', photo, '--region=-1,0,5,5'], 'x,y,width,height'],
    ['an unknown quality', ['detect', photo, '--quality', 'higher'], "Did you mean 'high'?"],
    ['an unknown engine', ['detect', photo, '--engine', 'cuda'], 'onnxruntime-node'],
    [
      'options that do not go together',
      ['detect', photo, '--quality', 'high', '--nms', 'soft-linear'],
      'nms',
    ],
    ['one folder for two kinds of pictures', ['detect', photo, '--out', 'o', '--crops', 'o'], '--crops'],
    ['a folder in which it would replace the photo', ['detect', photo, '--out', photos], 'would replace'],
    ['a results file that is the photo', ['detect', photo, '--json', photo], 'would replace'],
  ])('refuses %s in one line, with exit code 2', async (_, argv, message) => {
    const { exitCode, stdout, stderr } = await here.ssdlite(argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('refuses weights that are damaged or not there before any picture is read', async () => {
    writeFileSync(join(here.folder, 'weights.json'), '{"format": "ssdlite-weights/1"');
    expect(await here.ssdlite(['detect', photo, '--weights', 'weights.json'])).toMatchObject({
      exitCode: 1,
      stdout: '',
    });
    const absent = await here.ssdlite(['detect', photo, '--weights', 'absent.json']);
    expect(absent.stderr).toMatch(/^error WEIGHTS_NOT_FOUND: .*absent\.json/);
  });

  test.skipIf(process.getuid?.() === 0)('leaves nothing behind where it may not write', async () => {
    chmodSync(here.folder, 0o500);
    const { exitCode, stderr } = await here.ssdlite([
      'detect',
      photo,
      '--out',
      'drawn',
      '--json',
      'found.json',
    ]);
    chmodSync(here.folder, 0o700);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('WRITE_FAILED');
    expect(readdirSync(here.folder)).toEqual([]);
  });

  test('says that a file stands where the folder for pictures should be', async () => {
    writeFileSync(join(here.folder, 'drawn'), '');
    const { exitCode, stderr } = await here.ssdlite(['detect', photo, '--out', 'drawn']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error WRITE_FAILED: /);
  });

  test('says what is wrong with the place of an output, and writes nothing', async () => {
    writeFileSync(join(here.folder, 'file'), '');
    const places: [string[], string][] = [
      [
        ['--json', 'absent/found.json'],
        "there is no folder 'absent'".replace('absent', join(here.folder, 'absent')),
      ],
      [['--json', '.'], 'it is a folder'],
      [['--out', 'file'], 'it is a file'],
      [['--out', 'file/below'], 'a part of this path is a file'],
      [['--json', 'found.json', '--out', 'file'], 'it is a file'],
    ];
    for (const [options, message] of places) {
      const { exitCode, stdout, stderr } = await here.ssdlite(['detect', photo, ...options]);
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error WRITE_FAILED: /);
      expect(stderr).toContain(message);
      expect(readdirSync(here.folder)).toEqual(['file']);
    }
  });

  test('refuses a picture over the limit of pixels, and a region outside of a picture, by name', async () => {
    const ran = await here.ssdlite(['detect', photo, '--max-pixels', '1000']);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/^error IMAGE_TOO_LARGE: .*bike-shop\.jpg.* the limit is 1000\./);
    const outside = await here.ssdlite(['detect', photo, '--region', '0,0,900,10']);
    expect(outside.stderr).toMatch(/^error INVALID_ARGUMENT: .*bike-shop\.jpg: region .*500 x 334/);
  });

  test('takes a picture of 1 x 1 and one of 30,000 x 10, and draws on both', async () => {
    const create = { channels: 3, background: 'red' } as const;
    await sharp({ create: { width: 1, height: 1, ...create } })
      .png()
      .toFile(join(here.folder, 'dot.png'));
    await sharp({ create: { width: 30_000, height: 10, ...create } })
      .png()
      .toFile(join(here.folder, 'strip.png'));
    const ran = await here.ssdlite(['detect', 'dot.png', 'strip.png', '--score', '0.01', '--out', 'drawn']);
    expect([ran.exitCode, ran.stderr]).toEqual([0, '']);
    expect(await sharp(join(here.folder, 'drawn/strip.png')).metadata()).toMatchObject({
      width: 30_000,
      height: 10,
    });
    expect(await sharp(join(here.folder, 'drawn/dot.png')).metadata()).toMatchObject({ width: 1, height: 1 });
  });

  test('keeps names apart that are equal, and pictures of other formats readable', async () => {
    mkdirSync(join(here.folder, 'below'));
    await copyFile(photo, join(here.folder, 'a.jpg'));
    await copyFile(photo, join(here.folder, 'below/a.jpg'));
    await sharp(photo).webp().toFile(join(here.folder, 'b.webp'));
    await here.ssdlite(['detect', 'a.jpg', 'below', 'b.webp', '--out', 'drawn']);
    expect(readdirSync(join(here.folder, 'drawn')).sort()).toEqual(['a-2.jpg', 'a.jpg', 'b.jpg']);
  });

  test('tells how long the stages took, and prints nothing else when it is to be quiet', async () => {
    const { stdout, stderr } = await here.ssdlite(['detect', photo, '--timings', '--quiet']);
    expect(stderr).toBe('');
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'ms',
      'decode',
      'preprocess',
      'inference',
      'postprocess',
      'total',
      '',
    ]);
  });

  test('tells which image_id is which picture where names are no numbers', async () => {
    const { stdout, stderr } = await here.ssdlite(['detect', photo, '--json', '-', '--format', 'coco']);
    expect(JSON.parse(stdout)[0].image_id).toBe(1);
    expect(stderr).toBe(`image_id is the place of the picture in the list: 1 is ${photo}\n`);
  });

  test('fetches pictures from a server', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/shop%20a.jpg') response.end(readFileSync(photo));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}`;
    try {
      const urls = [`${address}/shop%20a.jpg`, `${address}/absent.jpg`];
      const ran = await here.ssdlite(['detect', ...urls, '--out', 'drawn']);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/^error FETCH_FAILED: .*absent\.jpg.* 404/);
      expect(readdirSync(join(here.folder, 'drawn'))).toEqual(['shop a.jpg']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('shows progress on a terminal, and takes it away', async () => {
    const { stderr } = await here.ssdlite(['detect', photos], { terminal: true });
    expect(stderr).toContain('1 of 10, ');
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
  });

  test('keeps what is done when its signal says stop: exit code 130, whole files', async () => {
    const controller = new AbortController();
    const running = here.ssdlite(['detect', photos, photos, '--json', 'found.json', '--out', 'drawn'], {
      signal: controller.signal,
      // The first row of the table: something is done, more is under way.
      onStdout: () => controller.abort(),
    });
    const { exitCode, stdout, stderr } = await running;
    expect([exitCode, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(/Stopped: \d of 10 pictures left undone\.\n$/);
    const found = JSON.parse(readFileSync(join(here.folder, 'found.json'), 'utf8')) as unknown[];
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(10);
    const drawn = readdirSync(join(here.folder, 'drawn'));
    expect(drawn.length).toBeGreaterThanOrEqual(found.length);
    for (const name of drawn) await sharp(join(here.folder, 'drawn', name), { failOn: 'warning' }).stats();
    expect(readdirSync(here.folder).sort()).toEqual(['drawn', 'found.json']);
  });

  test('does nothing when its signal says stop beforehand', async () => {
    const { exitCode } = await here.ssdlite(['detect', photo], { signal: AbortSignal.abort() });
    expect(exitCode).toBe(130);
  });
});

describe('detect, with several looks', () => {
  test('takes a quality, a budget and tiles, and says in the JSON what the result is made of', async () => {
    const [result] = jsonOf(
      await here.ssdlite(['detect', photo, '--json', '-', '--quality', 'high', '--budget-ms', '0.001']),
    );
    expect(result.views).toEqual({ looked: 1, planned: 4, skipped: 0, complete: false });
    expect(result.detections.length).toBeGreaterThan(0);
    const [tiled] = jsonOf(
      await here.ssdlite(['detect', photo, '--json', '-', '--tile-size', '200', '--score', '0.3']),
    );
    expect(tiled).toMatchObject({ width: 500, height: 334 });
    expect(tiled.detections.length).toBeGreaterThanOrEqual(2);
  });

  test('draws a picture too large for memory in a part of its size, and says so; cuts objects out at its own', async () => {
    await sharp({ create: { width: 7000, height: 6000, channels: 3, background: '#888888' } })
      .composite([{ input: readFileSync(photo), left: 3000, top: 2000 }])
      .jpeg()
      .toFile(join(here.folder, 'large.jpg'));
    const { exitCode, stderr } = await here.ssdlite(
      'detect large.jpg --tile-size 640 --classes person --max 1 --out drawn --crops cut --json found.json'.split(
        ' ',
      ),
    );
    expect([exitCode, stderr]).toEqual([
      0,
      'large.jpg is drawn at 1/2 of its size, as it is too large to be held in memory.\n',
    ]);
    expect(await sharp(join(here.folder, 'drawn/large.jpg')).metadata()).toMatchObject({
      width: 3500,
      height: 3000,
    });
    // The mechanic lies at 102, 64 of the photo and is 173 x 239.
    const [{ detections }] = JSON.parse(readFileSync(join(here.folder, 'found.json'), 'utf8'));
    expect(Math.abs(detections[0].box.x - 3102)).toBeLessThan(40);
    const { height = 0 } = await sharp(join(here.folder, 'cut/large-1-person.jpg')).metadata();
    expect(Math.abs(height - detections[0].box.height)).toBeLessThan(2);
  });

  test('draws what tiles found', async () => {
    const { exitCode } = await here.ssdlite(['detect', photo, '--tile-size', 'auto', '--out', 'tiles']);
    expect(exitCode).toBe(0);
    expect(readdirSync(join(here.folder, 'tiles'))).toEqual(['bike-shop.jpg']);
  });

  test.each([
    [['--budget-ms', '0'], 'Give a number over 0'],
    [['--budget-ms', '50'], 'one pass has nothing to leave out'],
    [['--tile-size', '20'], 'at least 96'],
    [['--tile-size', 'big'], 'Give auto, or a whole number of pixels'],
  ])('refuses %o', async (options, message) => {
    const { exitCode, stderr } = await here.ssdlite(['detect', photo, ...options]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
