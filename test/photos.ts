// The sample photos, for tests of the whole.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../examples/photos/', import.meta.url));

/** Paths of all sample photos, by name. */
export const photos: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .map((name) => folder + name);

/** The first of them. */
export const photo: string = photos[0] ?? '';
