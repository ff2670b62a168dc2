// What all commands share: help, version, wrong usage.

import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type Captured, capturedRun } from './fixtures/captured-run.ts';

const ssdlite = (argv: readonly string[]): Promise<Captured> => capturedRun(argv, { cwd: tmpdir() });

describe('wrong usage', () => {
  test.each<[string, string[], string]>([
    ['an unknown command', ['detct', 'photo.jpg'], 'detect'],
    ['settings for weights that have their own', ['info', '--alpha', '2'], '--alpha'],
    ['classify without weights', ['classify', 'photo.jpg'], '--weights'],
    ['help for what is no command', ['help', 'detct'], "'detct'"],
  ])('%s is told in one line, with exit code 2', async (_, argv, message) => {
    const { exitCode, stdout, stderr } = await ssdlite(argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error INVALID_ARGUMENT: /);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('help names every command, with examples; the version is that of the package', async () => {
  const { stdout, exitCode } = await ssdlite(['--help']);
  expect(exitCode).toBe(0);
  for (const command of ['detect', 'classify', 'import', 'info', 'bench', 'doctor'])
    expect(stdout).toContain(command);
  expect((await ssdlite(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('Without a command, help is what comes', async () => {
  expect(await ssdlite([])).toEqual(await ssdlite(['--help']));
});

test('Every command has help with its options', async () => {
  for (const command of ['detect', 'classify', 'import', 'info', 'bench', 'doctor']) {
    const { exitCode, stdout, stderr } = await ssdlite([command, '--help']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: ssdlite ${command} `));
    expect(stdout).toContain('--verbose');
    expect(await ssdlite(['help', command])).toMatchObject({ exitCode: 0, stdout });
  }
});

test('The stack of an error is shown when it is asked for, and only then', async () => {
  const argv = ['info', 'absent'];
  expect((await ssdlite(argv)).stderr).not.toContain('    at ');
  expect((await ssdlite([...argv, '--verbose'])).stderr).toContain('    at ');
});
