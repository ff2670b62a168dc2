// The packages as npm would install them, in a folder of their own: what bundlers other than Vite meet, who know nothing of our sources.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packPackage } from '../../scripts/pack-package.mjs';
import { mustRun } from '../../scripts/run.mjs';
import { readPackage, root } from '../../scripts/workspace.mjs';

export interface PublishedPackages {
  /** Holds `node_modules`. */
  readonly folder: string;
  remove(): void;
}

/** What `ssdlite/browser` needs of ours. */
const ours = ['ssdlite', 'layers', 'backbone', 'coco-weights'];

/** Packs them, unpacks them into `node_modules`, and links what they depend on. */
export async function publishedPackages(): Promise<PublishedPackages> {
  const folder = mkdtempSync(join(tmpdir(), 'ssdlite-published-'));
  const modules = join(folder, 'node_modules');
  for (const short of ours) {
    const source = join(root, 'packages', short);
    const { name, dependencies = {}, peerDependencies = {} } = readPackage(source);
    const tarball = await packPackage({ folder: source, destination: folder });
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    await mustRun('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], {
      failed: `${tarball} could not be unpacked.`,
    });
    rmSync(tarball);
    for (const needed of Object.keys({ ...dependencies, ...peerDependencies }))
      link(join(source, 'node_modules', needed), join(modules, needed));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Ours are there themselves; of optional peers some are not. */
function link(from: string, to: string): void {
  if (to.includes('ssdlite') && /(^|[/\\])(@ssdlite[/\\][\w-]+|ssdlite)$/.test(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  try {
    readdirSync(from);
    symlinkSync(from, to, 'junction');
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
