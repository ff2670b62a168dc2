// `coco-eval --report`, run in this process.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { federatedDetections, federatedPets } from '../../report/fixtures/federated.ts';
import type { EvaluationReport } from '../../report/report-data.ts';
import { commandFolder } from './fixtures/captured-run.ts';
import { toyResults, toyTruth } from './fixtures/toy-files.ts';

const here = commandFolder();

/** 1 x 1 pixel. */
const gif = Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

beforeEach(() => {
  here.put('truth.json', toyTruth);
  here.put('found.json', toyResults);
});

function reportOf(name: string): EvaluationReport {
  const html = readFileSync(join(here.folder, name), 'utf8');
  const [, json = ''] = /<script type="application\/json" id="report">(.*)<\/script>/.exec(html) ?? [];
  return JSON.parse(json);
}

describe('coco-eval --report', () => {
  test('writes a page that holds the figures, the script and the style, and asks for no file', async () => {
    const { exitCode, stderr } = await here.cocoEval(['truth.json', 'found.json', '--report', 'r.html']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const report = reportOf('r.html');
    expect(report.title).toBe('Evaluation of found.json');
    expect(report.facts).toEqual([
      ['Annotations', 'truth.json'],
      ['Detections', 'found.json'],
    ]);
    expect(report.subjects.map(({ name, stats }) => [name, stats.AP])).toEqual([
      ['All categories', expect.closeTo(0.2525, 4)],
      ['person', expect.closeTo(0.505, 4)],
      ['dog', 0],
    ]);
    const html = readFileSync(join(here.folder, 'r.html'), 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('Leon Sorokin');
    expect(
      html.replace(/https:\/\/github\.com\/leeoniya\/uPlot|http:\/\/www\.w3\.org\/2000\/svg/g, ''),
    ).not.toMatch(/https?:\/\//);
  });

  test('is for the thresholds and categories that are asked for', async () => {
    const options = ['--report', 'r.html', '--score', '0.5', '--match-iou', '0.8', '--categories', 'person'];
    await here.cocoEval(['truth.json', 'found.json', ...options]);
    const report = reportOf('r.html');
    expect([report.scoreThreshold, report.iouThreshold]).toEqual([0.5, 0.8]);
    expect(report.subjects[1]?.curves.map(({ iouThreshold }) => iouThreshold)).toEqual([0.8]);
    expect(report.subjects.map(({ name }) => name)).toEqual(['All categories', 'person']);
  });

  test('holds the pictures of a folder, and tells which are not there', async () => {
    mkdirSync(join(here.folder, 'pictures'));
    writeFileSync(join(here.folder, 'pictures/two.jpg'), gif);
    const options = ['--report', 'r.html', '--images', 'pictures', '--score', '0.5'];
    const { exitCode, stderr } = await here.cocoEval(['truth.json', 'found.json', ...options]);
    // Only the second picture has anything wrong on it.
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(reportOf('r.html').pictures.map(({ name, source }) => [name, source])).toEqual([
      ['two.jpg', `data:image/gif;base64,${gif.toString('base64')}`],
      ['two.jpg', `data:image/gif;base64,${gif.toString('base64')}`],
    ]);
    writeFileSync(join(here.folder, 'pictures/two.jpg'), 'no picture');
    const { exitCode: again, stderr: warned } = await here.cocoEval(['truth.json', 'found.json', ...options]);
    expect([again, warned]).toEqual([0, 'warning: not in pictures, or no picture: two.jpg\n']);
  });

  test("is by LVIS's rules too, and finds its pictures by their addresses", async () => {
    here.put('lvis.json', federatedPets);
    here.put('pets.json', federatedDetections);
    mkdirSync(join(here.folder, 'pictures'));
    writeFileSync(join(here.folder, 'pictures/one.png'), gif);
    const options = ['--lvis', '--report', 'r.html', '--images', 'pictures'];
    const { exitCode, stdout, stderr } = await here.cocoEval(['lvis.json', 'pets.json', ...options]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('maxDets=300 catIds=  r] = 0.500\n');
    const { rules, subjects, pictures } = reportOf('r.html');
    expect([rules, subjects[0]?.stats.APr, subjects[0]?.stats.APf]).toEqual([
      'lvis',
      expect.closeTo(0.5, 12),
      expect.closeTo(1, 12),
    ]);
    expect(pictures.map(({ name, source }) => [name, source?.slice(0, 15)])).toEqual([
      ['val2017/one.png', 'data:image/gif;'],
    ]);
    mkdirSync(join(here.folder, 'pictures/val2017'));
    writeFileSync(join(here.folder, 'pictures/val2017/one.png'), 'no picture');
    // What the address says comes first.
    const again = await here.cocoEval(['lvis.json', 'pets.json', ...options]);
    expect(again.stderr).toBe('warning: not in pictures, or no picture: val2017/one.png\n');
  });

  test('follows no name out of the folder', async () => {
    mkdirSync(join(here.folder, 'pictures'));
    writeFileSync(join(here.folder, 'secret.gif'), gif);
    const images = toyTruth.images.map((image) => ({ ...image, file_name: '../secret.gif' }));
    here.put('truth.json', { ...toyTruth, images });
    await here.cocoEval(['truth.json', 'found.json', '--report', 'r.html', '--images', 'pictures']);
    expect(reportOf('r.html').pictures.filter(({ source }) => source !== undefined)).toEqual([]);
  });

  test('refuses, before anything is read, what cannot be written or is not there', async () => {
    const files = ['not-there.json', 'found.json'];
    const noFolder = await here.cocoEval([...files, '--report', 'nowhere/r.html']);
    expect([noFolder.exitCode, noFolder.stderr]).toEqual([1, expect.stringContaining('WRITE_FAILED')]);
    const noImages = await here.cocoEval([...files, '--report', 'r.html', '--images', 'nowhere']);
    expect([noImages.exitCode, noImages.stderr]).toEqual([
      1,
      expect.stringContaining("there is no folder 'nowhere'"),
    ]);
    const same = await here.cocoEval([...files, '--report', './found.json']);
    expect([same.exitCode, same.stderr]).toEqual([2, expect.stringContaining("would replace 'found.json'")]);
    const alone = await here.cocoEval([...files, '--images', '.']);
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining('--images is for --report')]);
    expect(readdirSync(here.folder).sort()).toEqual(['found.json', 'truth.json']);
  });

  // The superuser may write anywhere.
  test.skipIf(process.geteuid?.() === 0)('leaves nothing where it has no permission', async () => {
    mkdirSync(join(here.folder, 'locked'));
    chmodSync(join(here.folder, 'locked'), 0o555);
    const { exitCode, stderr } = await here.cocoEval([
      'truth.json',
      'found.json',
      '--report',
      'locked/r.html',
    ]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('permission is denied')]);
    expect(readdirSync(join(here.folder, 'locked'))).toEqual([]);
  });

  test('an interrupted write leaves what was there before', async () => {
    here.put('r.html', 'before');
    const { exitCode } = await here.cocoEval(['truth.json', 'found.json', '--report', 'r.html'], {
      signal: AbortSignal.abort(),
    });
    expect(exitCode).toBe(1);
    expect(readFileSync(join(here.folder, 'r.html'), 'utf8')).toBe('before');
    expect(existsSync(join(here.folder, 'r.html'))).toBe(true);
    expect(readdirSync(here.folder).sort()).toEqual(['found.json', 'r.html', 'truth.json']);
  });
});
