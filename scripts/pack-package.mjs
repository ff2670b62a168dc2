// A package as it would be published: its tarball.
// @ts-check
import { join } from 'node:path';
import { platform } from 'node:process';
import { mustRun } from './run.mjs';
import { installEnvironment } from './setup.mjs';
import { readPackage, root } from './workspace.mjs';

/**
 * @param {{ folder: string; destination: string }} where
 * @returns {Promise<string>} path of the tarball
 */
export async function packPackage({ folder, destination }) {
  const { name, version } = readPackage(folder);
  const pnpm = String(readPackage(root).packageManager);
  // By an environment variable: a shell would cut the path at its space.
  await mustRun('npx', ['--yes', pnpm, 'pack'], {
    cwd: folder,
    env: { ...installEnvironment(), npm_config_pack_destination: destination },
    // npx is a batch file on Windows, which only a shell starts.
    shell: platform === 'win32',
    failed: `${name} could not be packed.`,
  });
  return join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
}
