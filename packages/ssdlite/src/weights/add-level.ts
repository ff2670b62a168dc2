// A manifest with one more level of quality.

import { checkSizeWeights } from '../quality/fusion/size-weight.ts';
import { checkViews } from '../quality/resolve-quality.ts';
import { checkLevelName, type Level } from './levels.ts';
import type { Manifest } from './manifest.ts';

/**
 * The manifest with one more level, in place of one of the same name.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for a name that every weights file has (`fast`, `high`, ...) or that is no word, for views or
 *   weights that cannot be
 */
export function addLevel(manifest: Manifest, level: Level): Manifest {
  checkLevelName(level.name);
  checkViews(level.views);
  checkSizeWeights(level.sizeWeights);
  const others = (manifest.levels ?? []).filter(({ name }) => name !== level.name);
  return { ...manifest, levels: [...others, level] };
}
