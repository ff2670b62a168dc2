// Where this clone and its packages are.
// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the clone. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @typedef {object} PackageJson
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {string | Record<string, string>} [bin]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

/**
 * @param {string} folder absolute
 * @returns {PackageJson}
 */
export function readPackage(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * Absolute folders of the workspace's packages, sorted, as `pnpm-workspace.yaml` lists them: `name` or `name/*`.
 * @returns {string[]}
 */
export function packageFolders() {
  const yaml = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const list = /^packages:\n((?: +- .*\n)+)/m.exec(yaml)?.[1] ?? '';
  const patterns = list
    .trim()
    .split('\n')
    .map((line) => line.replace(/^ *- */, '').replace(/['"]/g, ''));
  return patterns
    .flatMap((pattern) => {
      const folder = join(root, pattern.replace(/\/\*$/, ''));
      if (!pattern.endsWith('/*')) return [folder];
      return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
    })
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .sort();
}
