// The pictures of a folder, by their names.

import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** What sharp decodes, by extension. */
const pictureExtensions: ReadonlySet<string> = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.avif',
  '.gif',
  '.tif',
  '.tiff',
  '.svg',
]);

/** By number where names have numbers: `9.jpg` goes before `10.jpg`. */
const byName = new Intl.Collator('en', { numeric: true });

/** Whether a file is a picture, by its name. Hidden files are none: macOS leaves `._photo.jpg` beside photos. */
export function isPictureName(name: string): boolean {
  return !name.startsWith('.') && pictureExtensions.has(extname(name).toLowerCase());
}

/** Sorts paths as people number their files; the order is the same on every machine. */
export function sortPaths(paths: readonly string[]): string[] {
  return paths.toSorted((a, b) => byName.compare(a, b) || (a < b ? -1 : 1));
}

/**
 * Paths of the pictures in a folder, sorted, each beginning with the folder as it was given.
 *
 * @param options.recursive also those of the folders in it, through links, none of them twice
 * @throws the system's error if the folder cannot be read
 */
export async function picturesInFolder(
  folder: string,
  { recursive }: { readonly recursive: boolean },
): Promise<string[]> {
  const found: string[] = [];
  const visited = new Set<string>();
  const walk = async (path: string): Promise<void> => {
    const real = await realpath(path);
    if (visited.has(real)) return;
    visited.add(real);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      // A link's target decides; one that leads nowhere is left out.
      const kind = entry.isSymbolicLink() ? await stat(child).catch(() => undefined) : entry;
      if (kind?.isFile() && isPictureName(entry.name)) found.push(child);
      else if (recursive && kind?.isDirectory() && !entry.name.startsWith('.')) await walk(child);
    }
  };
  await walk(folder);
  return sortPaths(found);
}
