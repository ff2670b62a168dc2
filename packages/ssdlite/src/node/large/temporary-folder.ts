// A folder for files that nobody is to find afterwards, however the process ends.

import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** In the system's folder for temporary ones. It goes with the process too, if that ends before. */
export async function makeTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'ssdlite-'));
  const removeNow = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', removeNow);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      process.off('exit', removeNow);
    },
  };
}
