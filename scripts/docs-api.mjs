// `npm run docs:api`: makes docs/api/reference anew from the docstrings of every public entry.
// @ts-check
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execPath, platform } from 'node:process';
import { asScript, mustRun, StepError } from './run.mjs';
import { installEnvironment, setUp } from './setup.mjs';
import { packageFolders, readPackage, root } from './workspace.mjs';

const folder = join(root, 'docs/api');

await asScript(import.meta.url, async () => {
  await setUp({ sources: false });
  await mustRun(
    'npx',
    ['--yes', String(readPackage(root).packageManager), 'install', '--ignore-workspace', '--frozen-lockfile'],
    {
      cwd: folder,
      env: installEnvironment(),
      shell: platform === 'win32',
      failed: 'TypeDoc could not be installed.',
    },
  );
  const partial = join(folder, 'reference.partial');
  rmSync(partial, { recursive: true, force: true });
  const { output } = await mustRun(execPath, ['generate.mjs', JSON.stringify(publicEntries()), partial], {
    cwd: folder,
    failed: 'The API reference could not be made.',
  });
  rmSync(join(folder, 'reference'), { recursive: true, force: true });
  renameSync(partial, join(folder, 'reference'));
  console.log(`${output.trim()}\nwrote ${readdirSync(join(folder, 'reference')).join(', ')}`);
});

/** @returns {Record<string, string>} source file of each entry, by import path */
function publicEntries() {
  /** @type {Record<string, string>} */
  const entries = {};
  for (const folder of packageFolders()) {
    const { name, private: isPrivate, exports = {} } = readPackage(folder);
    if (isPrivate) continue;
    for (const [entry, target] of Object.entries(exports)) {
      if (entry.includes('*')) continue;
      const source =
        typeof target === 'object' &&
        target !== null &&
        '@ssdlite/source' in target &&
        target['@ssdlite/source'];
      if (typeof source !== 'string' || !existsSync(join(folder, source)))
        throw new StepError(`${name} exports ${entry} without a source.`);
      entries[name + entry.slice(1)] = join(folder, source);
    }
  }
  return entries;
}
