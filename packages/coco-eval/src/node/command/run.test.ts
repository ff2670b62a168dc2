// The command `coco-eval`, run in this process with streams of its own.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { optionTypes } from './command-options.ts';
import { commandFolder } from './fixtures/captured-run.ts';
import { toyPerfect, toyResults, toyTruth } from './fixtures/toy-files.ts';
import { helpText } from './help.ts';

const here = commandFolder();

beforeEach(() => {
  here.put('truth.json', toyTruth);
  here.put('found.json', toyResults);
  here.put('perfect.json', toyPerfect);
});

const jsonOf = (name: string) => JSON.parse(readFileSync(join(here.folder, name), 'utf8'));

describe('coco-eval', () => {
  test('prints the lines that everybody knows, then a line per category', async () => {
    const { exitCode, stdout, stderr } = await here.cocoEval(['truth.json', 'found.json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    // One of two persons is found with precision 1 (51 of 101 recalls), no dog.
    expect(stdout).toBe(` Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.252
 Average Precision  (AP) @[ IoU=0.50      | area=   all | maxDets=100 ] = 0.252
 Average Precision  (AP) @[ IoU=0.75      | area=   all | maxDets=100 ] = 0.252
 Average Precision  (AP) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = -1.000
 Average Precision  (AP) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = 0.252
 Average Precision  (AP) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = -1.000
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.250
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets= 10 ] = 0.250
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.250
 Average Recall     (AR) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = -1.000
 Average Recall     (AR) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = 0.250
 Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = -1.000

category     AP   AP50   AP75  APsmall  APmedium  APlarge  AR100  truths  detections
person    0.505  0.505  0.505        -     0.505        -  0.500       2           2
dog       0.000  0.000  0.000        -     0.000        -  0.000       1           0
`);
  });

  test('tells why', async () => {
    const { stdout } = await here.cocoEval(['truth.json', 'found.json', '--why']);
    expect(stdout).toContain(`At IoU 0.5, all categories together:
threshold  precision  recall     F1  right  wrong  missed
      0.9      1.000   0.333  0.500      1      0       2
`);
    expect(stdout).toMatch(/^classification +1 +\+0\.\d{3}$/m);
    const { stdout: lower } = await here.cocoEval(['truth.json', 'found.json', '--why', '--score', '0.5']);
    expect(lower).toContain('      0.5      0.500   0.333  0.400      1      1       2');
    expect(lower).toContain('is   taken for  times\ndog  person         1\n');
  });

  test.each([
    ['--categories', 'dog', 0],
    ['--categories', '1', 1],
    ['--image-ids', '1', 1],
    ['--iou', '0.5,0.75', 1],
    ['--max-dets', '1,100', 1],
  ])('evaluates what %s %s chooses', async (option, value, right) => {
    const { exitCode, stdout } = await here.cocoEval([
      'truth.json',
      'found.json',
      option,
      value,
      '--json',
      '-',
    ]);
    expect(exitCode).toBe(0);
    const { operatingPoints } = JSON.parse(stdout);
    expect(operatingPoints.bestF1.truePositives).toBe(right);
  });

  test('a detection may have another category if classes are not told apart', async () => {
    const { stdout } = await here.cocoEval(['truth.json', 'found.json', '--class-agnostic']);
    expect(stdout).toContain('maxDets=100 ] = 0.663');
  });

  test('shows sizes of its own', async () => {
    const argv = ['truth.json', 'found.json', '--areas', 'tiny=0:1000,rest=1000:1e10'];
    const { stdout } = await here.cocoEval(argv);
    expect(stdout).toContain(`
size   from              to  truths     AP     AR
all       0  10,000,000,000       3  0.252  0.250
tiny      0           1,000       0      -      -
rest  1,000  10,000,000,000       3  0.252  0.250
`);
  });

  test('compares two results', async () => {
    const argv = [
      'truth.json',
      'found.json',
      '--compare',
      'perfect.json',
      '--resamples',
      '50',
      '--json',
      'out.json',
    ];
    const { stdout, exitCode } = await here.cocoEval(argv);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('A: found.json\nB: perfect.json\nImages drawn 50 times from 2');
    expect(stdout).toMatch(/^AP +0\.252 +1\.000 +\+0\.748 /m);
    expect(jsonOf('out.json').comparison.stats.AP).toMatchObject({ resamples: 50 });
  });

  test("prints VOC's AP, by the rules of either year", async () => {
    const { stdout } = await here.cocoEval(['truth.json', 'found.json', '--voc', '2012']);
    expect(stdout).toContain('VOC 2012, IoU 0.5: mAP = 0.250');
    const { stdout: older } = await here.cocoEval(['truth.json', 'found.json', '--voc', '2007']);
    expect(older).toContain('VOC 2007, IoU 0.5: mAP = 0.273');
  });

  test("evaluates LVIS's data, which have no crowds", async () => {
    here.put('lvis.json', {
      images: toyTruth.images.map((image) => ({
        ...image,
        neg_category_ids: [],
        not_exhaustive_category_ids: [],
      })),
      categories: toyTruth.categories.map((category) => ({ ...category, frequency: 'f' })),
      annotations: toyTruth.annotations.map(({ iscrowd, ...annotation }) => annotation),
    });
    const { exitCode, stdout } = await here.cocoEval([
      'lvis.json',
      'perfect.json',
      '--lvis',
      '--json',
      'out.json',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=300 catIds=  f] = 1.000\n',
    );
    expect(jsonOf('out.json').stats).toMatchObject({ APr: -1, AR300: 1 });
  });

  test('also gives the figures without oddities, where they differ', async () => {
    const { annotations, ...rest } = toyTruth;
    here.put('zero.json', { ...rest, annotations: annotations.map((one) => ({ ...one, id: one.id - 1 })) });
    const { stdout, stderr } = await here.cocoEval(['zero.json', 'perfect.json', '--corrected']);
    expect(stderr).toMatch(/^warning ID_ZERO: annotations\[0\]\.id is 0\./);
    const [plain = '', corrected = ''] = stdout.split("Without pycocotools' oddities:\n");
    expect(plain).not.toContain('maxDets=100 ] = 1.000');
    expect(corrected).toContain('maxDets=100 ] = 1.000');
    const same = await here.cocoEval(['truth.json', 'perfect.json', '--corrected']);
    expect(same.stdout).toContain("Without pycocotools' oddities all is the same.");
    const strict = await here.cocoEval(['zero.json', 'perfect.json', '--strict']);
    expect(strict).toMatchObject({ exitCode: 1, stdout: '' });
    expect(strict.stderr).toMatch(/^error INVALID_ANNOTATIONS: zero\.json: annotations\[0\]\.id is 0\./);
  });

  test('reads detections from standard input and from zipped files', async () => {
    const plain = await here.cocoEval(['truth.json', 'found.json']);
    const piped = await here.cocoEval(['truth.json', '-'], { stdin: JSON.stringify(toyResults) });
    expect(piped).toEqual(plain);
    const cut = await here.cocoEval(['truth.json', '-'], { stdin: '[{' });
    expect(cut.stderr).toMatch(/^error INVALID_JSON: standard input: The JSON ends early, at byte 2/);
    writeFileSync(join(here.folder, 'found.json.gz'), gzipSync(JSON.stringify(toyResults)));
    expect(await here.cocoEval(['truth.json', 'found.json.gz'])).toEqual(plain);
    here.put('fake.json.gz', toyResults);
    const fake = await here.cocoEval(['truth.json', 'fake.json.gz']);
    expect(fake.stderr).toMatch(/^error FILE_NOT_FOUND: fake\.json\.gz: .*gzip/);
  });

  test('shows progress on terminals only, and takes it away', async () => {
    const { stderr } = await here.cocoEval(['truth.json', 'found.json'], { terminal: true });
    const clear = '\r\u001b[2K';
    expect(stderr.startsWith(`${clear}reading `)).toBe(true);
    expect(stderr.split(clear).at(-1)).toBe('');
    const quiet = await here.cocoEval(['truth.json', 'found.json', '--quiet'], { terminal: true });
    expect(quiet).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('the help names every option', async () => {
    const { stdout, exitCode } = await here.cocoEval(['--help']);
    expect({ stdout, exitCode }).toEqual({ stdout: helpText, exitCode: 0 });
    for (const name of Object.keys(optionTypes)) expect(helpText).toContain(`--${name} `);
    for (const line of helpText.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  test('says its version', async () => {
    expect((await here.cocoEval(['-V'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage ends with 2 and says what to do', () => {
  test.each([
    [['truth.json'], 'The file of detections is not named. See coco-eval --help.'],
    [['--json', 'x'], 'The annotations are not named.'],
    [['truth.json', 'found.json', 'perfect.json'], "There is a third file, 'perfect.json'. To compare"],
    [['truth.json', 'found.json', '--frob'], "Unknown option '--frob'. See coco-eval --help."],
    [['truth.json', 'found.json', '--json'], "Option '--json <value>' argument missing."],
    [['truth.json', 'found.json', '--type', 'box'], "--type cannot be 'box'."],
    [['truth.json', 'found.json', '--iou', '0.5:0.9:-1'], "--iou cannot be '0.5:0.9:-1'."],
    [['truth.json', 'found.json', '--iou', '1.5'], 'The option iouThresholds cannot be 1.5'],
    [
      ['truth.json', 'found.json', '--max-dets', '1,x'],
      "--max-dets cannot be '1,x'. Write numbers between commas",
    ],
    [['truth.json', 'found.json', '--max-dets', '0'], 'The option maxDetections cannot be 0'],
    [['truth.json', 'found.json', '--areas', 'small'], "--areas cannot be 'small'. Write label=min:max"],
    [
      ['truth.json', 'found.json', '--categories', 'Persons'],
      "no category 'Persons'. Did you mean 'person'?",
    ],
    [['truth.json', 'found.json', '--categories', 'cow'], "no category 'cow'. It has person, dog."],
    [['truth.json', 'found.json', '--image-ids', '7'], 'The option imageIds cannot be 7'],
    [['truth.json', 'found.json', '--voc', '2010'], "--voc cannot be '2010'. It is 2007 or 2012."],
    [['truth.json', 'found.json', '--lvis', '--why'], '--lvis cannot be with --why.'],
    [['truth.json', 'found.json', '--seed', '3'], '--resamples and --seed are for --compare.'],
    [['truth.json', 'found.json', '--arrays'], '--arrays is for --json.'],
    [['-', 'found.json'], 'Annotations cannot come from standard input.'],
  ])('%j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await here.cocoEval(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error INVALID_ARGUMENT: .*\n$/);
    expect(stderr).toContain(message);
  });
});

describe('what cannot be evaluated ends with 1, and leaves no file', () => {
  const refused = async (argv: readonly string[]): Promise<string> => {
    const before = readdirSync(here.folder);
    const { exitCode, stdout, stderr } = await here.cocoEval([...argv, '--json', 'out.json']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(readdirSync(here.folder)).toEqual(before);
    expect(stderr).toMatch(/^error [A-Z_]+: .*\n$/);
    return stderr;
  };

  test('a file that is not there, or a folder', async () => {
    expect(await refused(['truth.json', 'absent.json'])).toContain('FILE_NOT_FOUND: absent.json: ');
    expect(await refused(['absent.json', 'found.json'])).toContain('FILE_NOT_FOUND: absent.json: ');
    mkdirSync(join(here.folder, 'folder'));
    expect(await refused(['truth.json', 'folder'])).toContain('it is a folder');
  });

  test('JSON that ends early', async () => {
    here.put('cut.json', JSON.stringify(toyResults).slice(0, 90));
    expect(await refused(['truth.json', 'cut.json'])).toContain(
      'INVALID_JSON: cut.json: The JSON ends early, at byte 90, in results[1].',
    );
  });

  test('results that are an object, and the annotations of other images', async () => {
    expect(await refused(['truth.json', 'truth.json'])).toContain('The results are an object.');
    here.put(
      'other.json',
      toyResults.map((one) => ({ ...one, image_id: one.image_id + 100 })),
    );
    expect(await refused(['truth.json', 'other.json'])).toContain(
      'results[0].image_id is 101, an image that the ground truth does not list',
    );
  });

  test('a place that cannot be written is found before anything is read', async () => {
    const { exitCode, stderr } = await here.cocoEval(['absent.json', 'absent.json', '--json', 'no/out.json']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error WRITE_FAILED: ');
    mkdirSync(join(here.folder, 'locked'));
    chmodSync(join(here.folder, 'locked'), 0o500);
    // Permissions do not bind the superuser.
    if (process.getuid?.() !== 0) {
      const locked = await here.cocoEval(['truth.json', 'found.json', '--json', 'locked/out.json']);
      expect(locked.stderr).toContain('permission is denied');
    }
  });

  test('an interrupted write leaves what was there before', async () => {
    here.put('out.json', 'before');
    const { exitCode, stderr } = await here.cocoEval(['truth.json', 'found.json', '--json', 'out.json'], {
      signal: AbortSignal.abort(),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error ABORTED: ');
    expect(readFileSync(join(here.folder, 'out.json'), 'utf8')).toBe('before');
    expect(existsSync(join(here.folder, 'out.json'))).toBe(true);
    expect(readdirSync(here.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('--verbose shows where', async () => {
    const { stderr } = await here.cocoEval(['truth.json', 'absent.json', '--verbose']);
    expect(stderr).toMatch(/^error FILE_NOT_FOUND: .*\n.*CocoEvalError: .*\n +at /);
  });
});
