// The version of a package, as Node finds it from where it is used.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Looks through the `node_modules` above a file, as Node does; undefined if the package is in none of them. Not by `require.resolve`:
 * many packages do not export their package.json.
 *
 * @param from URL of a file of the package that uses it
 */
export async function installedVersion(name: string, from: string): Promise<string | undefined> {
  let folder = dirname(fileURLToPath(from));
  for (;;) {
    try {
      const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8');
      return String((JSON.parse(text) as { version?: unknown }).version);
    } catch {
      const parent = dirname(folder);
      if (parent === folder) return undefined;
      folder = parent;
    }
  }
}
