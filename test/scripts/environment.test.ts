// What the scripts take from the environment: npm's variables are heeded where they are meant, and nowhere else.

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { standpoint } from '../../scripts/command-line.mjs';
import { installEnvironment } from '../../scripts/setup.mjs';
import { packageFolders, readPackage, root } from '../../scripts/workspace.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('Paths are meant from where the user called npm', () => {
  vi.stubEnv('npm_lifecycle_event', 'ssdlite');
  vi.stubEnv('npm_package_json', join(root, 'package.json'));
  vi.stubEnv('INIT_CWD', tmpdir());
  expect(standpoint('ssdlite')).toBe(tmpdir());
});

test('A program that another npm script starts stands in its own folder', () => {
  vi.stubEnv('npm_lifecycle_event', 'test');
  vi.stubEnv('npm_package_json', join(root, 'package.json'));
  vi.stubEnv('INIT_CWD', tmpdir());
  expect(standpoint('ssdlite')).toBe(process.cwd());
});

test('The npm script of another project does not move it either', () => {
  vi.stubEnv('npm_lifecycle_event', 'start');
  vi.stubEnv('npm_package_json', join(tmpdir(), 'package.json'));
  vi.stubEnv('INIT_CWD', tmpdir());
  expect(standpoint('start')).toBe(process.cwd());
});

test('An install keeps how to reach the registry and drops how npm itself was called', () => {
  vi.stubEnv('npm_config_registry', 'kept');
  vi.stubEnv('npm_config_https_proxy', 'kept');
  vi.stubEnv('npm_config_cafile', 'kept');
  vi.stubEnv('npm_config_local_prefix', 'dropped');
  vi.stubEnv('npm_config_omit', 'dev');
  vi.stubEnv('npm_config_ignore_scripts', 'true');
  vi.stubEnv('npm_lifecycle_event', 'start');
  vi.stubEnv('NODE_ENV', 'production');
  const environment = installEnvironment();
  expect(environment).toMatchObject({
    PATH: process.env.PATH,
    npm_config_registry: 'kept',
    npm_config_https_proxy: 'kept',
    npm_config_cafile: 'kept',
    ONNXRUNTIME_NODE_INSTALL: 'skip',
  });
  for (const name of [
    'npm_config_local_prefix',
    'npm_config_omit',
    'npm_config_ignore_scripts',
    'npm_lifecycle_event',
    'NODE_ENV',
  ]) {
    expect(environment).not.toHaveProperty(name);
  }
});

test('The packages are those of pnpm-workspace.yaml', () => {
  const names = packageFolders().map((folder) => readPackage(folder).name);
  expect(names).toEqual(
    expect.arrayContaining(['@ssdlite/layers', 'ssdlite', '@ssdlite/cli', '@ssdlite/test']),
  );
});

test('Every dependency has a row in docs/dependencies.md', () => {
  const text = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const names = [root, ...packageFolders()].flatMap((folder) => {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = readPackage(folder);
    return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies });
  });
  const missing = names.filter((name) => !name.includes('ssdlite') && !text.includes(`[${name}]`));
  expect(missing).toEqual([]);
});
