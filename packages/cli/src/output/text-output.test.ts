// Small pieces of text: tables, facts, JSON lists, names of output, progress, colours.

import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { paintFor, printable } from '../paint.ts';
import { factList } from './fact-list.ts';
import { JsonList } from './json-list.ts';
import { outputName } from './picture-format.ts';
import { duration, Progress } from './progress.ts';
import { fitColumns, tableLine, titleLine } from './text-table.ts';

/** A stream and what was written to it. */
function captured({ isTTY = false } = {}) {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY });
  stream.on('data', (chunk) => written.push(String(chunk)));
  return { stream, written };
}

test('Columns are as wide as their widest cell, and lines end without spaces', () => {
  const rows = [
    ['person', '9'],
    ['cat', '10'],
  ];
  const columns = fitColumns(['what', { title: 'n', align: 'right' }, ''], rows);
  expect([titleLine(columns), ...rows.map((row) => tableLine(columns, row))]).toEqual([
    'what     n',
    'person   9',
    'cat     10',
  ]);
});

test('Facts are aligned, broken between words, and left out where nothing is known', () => {
  const facts = [
    ['name', 'one two three four five'],
    ['licence', undefined],
    ['n', 'unbreakable-and-longer-than-the-line'],
  ] as const;
  expect(factList(facts, { width: 26 })).toBe(
    'name  one two three four\n      five\nn     unbreakable-and-longer-than-the-line\n',
  );
});

describe('a JSON list', () => {
  const json = async (items: readonly unknown[]): Promise<string> => {
    const { stream, written } = captured();
    const list = await JsonList.open('-', { cwd: '/', stdout: stream });
    for (const item of items) await list.add(item);
    await list.commit();
    return written.join('');
  };

  test('has an item a line', async () => {
    expect(await json([{ a: 1 }, { b: '\n' }])).toBe('[\n{"a":1}\n,{"b":"\\n"}\n]\n');
    expect(await json([])).toBe('[]\n');
  });

  test('is JSON', async () => {
    expect(JSON.parse(await json([1, [2], null]))).toEqual([1, [2], null]);
  });
});

test.each([
  ['photo.jpg', 'photo.jpg'],
  ['photo.JPEG', 'photo.JPEG'],
  ['drawing.png', 'drawing.png'],
  ['photo.webp', 'photo.jpg'],
  ['photo.avif', 'photo.jpg'],
  ['scan.tiff', 'scan.png'],
  ['clip.gif', 'clip.png'],
  ['v1.2', 'v1.2.jpg'],
  ['photo', 'photo.jpg'],
])('%s goes out as %s', (name, expected) => {
  expect(outputName(name)).toBe(expected);
});

describe('progress', () => {
  test('is a line that is written over and taken away', () => {
    const { stream, written } = captured({ isTTY: true });
    const progress = new Progress(stream, { total: 4, quiet: false });
    progress.update(1, 'a.jpg');
    progress.clear();
    progress.clear();
    expect(written.join('')).toMatch(/^\r\S+1 of 4, .* left {2}a\.jpg\r\S+$/);
  });

  test.each([
    ['elsewhere than on a terminal', { isTTY: false }, { total: 4, quiet: false }],
    ['when it is to be quiet', { isTTY: true }, { total: 4, quiet: true }],
    ['for a single picture', { isTTY: true }, { total: 1, quiet: false }],
  ])('is not shown %s', (_, terminal, options) => {
    const { stream, written } = captured(terminal);
    const progress = new Progress(stream, options);
    progress.update(1, 'a.jpg');
    progress.clear();
    expect(written).toEqual([]);
  });
});

test('Durations are told as a person would', () => {
  expect([0.42, 42.4, 100, 6000].map(duration)).toEqual(['0.4 s', '42 s', '2 min', '2 h']);
});

test('Colours are for terminals, unless NO_COLOR is set', () => {
  const { stream } = captured({ isTTY: true });
  expect(paintFor(stream, {})('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(paintFor(stream, { NO_COLOR: '1' })('red', 'x')).toBe('x');
  expect(paintFor(stream, { TERM: 'dumb' })('red', 'x')).toBe('x');
  expect(paintFor(captured().stream, {})('red', 'x')).toBe('x');
});

test('What a terminal would obey is taken out of names', () => {
  expect(printable('a\u001b[2Jb\nc\u009b.jpg')).toBe('a\uFFFD[2Jb\uFFFDc\uFFFD.jpg');
});
