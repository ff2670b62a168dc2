// Puts tfjs-node, once `npm run setup:tfjs-node` has built it, where the workspace's packages find it.
// @ts-check
import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageFolders, readPackage, root } from './workspace.mjs';

const name = '@tensorflow/tfjs-node';

/** Present once this clone has asked for tfjs-node: a link to the built tree, which clones share. */
export const tfjsNodeLink = join(root, '.cache', 'tfjs-node');

/**
 * Links the built tfjs-node into each package that names it as a peer, and into `test`; does nothing when this clone
 * has none. An install may prune the links, so every set-up puts them back.
 * @returns {{ folders: string[]; changed: string[] }} the folders that have it now, and those that did not before
 */
export function linkTfjsNode() {
  const target = join(tfjsNodeLink, 'node_modules', name);
  if (!existsSync(join(target, 'package.json'))) return { folders: [], changed: [] };
  const folders = packageFolders().filter((folder) => {
    return folder === join(root, 'test') || readPackage(folder).peerDependencies?.[name] !== undefined;
  });
  const changed = folders.filter((folder) => link({ target, path: join(folder, 'node_modules', name) }));
  return { folders, changed };
}

/**
 * @param {{ target: string; path: string }} where
 * @returns {boolean} whether it was not there
 */
function link({ target, path }) {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(path) === target) return false;
  if (there) rmSync(path, { recursive: true });
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'junction');
  return true;
}
