// Which pictures tune and which judge: never both.

import { SsdliteError } from '@ssdlite/layers';
import { shuffled } from './shuffle.ts';

/** Ids of pictures. */
export interface Split {
  readonly tuning: readonly number[];
  readonly heldOut: readonly number[];
}

/** Fewer pictures than this tell nothing, on either side. */
const leastImages = 4;

/**
 * Splits pictures by chance.
 *
 * @param options.holdout share of the pictures that judge, over 0 and under 1
 * @param options.seed decides the split
 * @throws SsdliteError `INVALID_ARGUMENT` if fewer than four pictures would be on a side
 */
export function splitImages(
  ids: readonly number[],
  { holdout, seed }: { readonly holdout: number; readonly seed: number },
): Split {
  if (!(holdout > 0 && holdout < 1)) {
    throw new SsdliteError('INVALID_ARGUMENT', `holdout is ${holdout}.`, {
      value: holdout,
      next: 'Pass a share over 0 and under 1, for instance 0.4.',
    });
  }
  const order = shuffled(ids, seed);
  const count = Math.round(ids.length * holdout);
  const split = { tuning: order.slice(count), heldOut: order.slice(0, count) };
  checkEnough(split, ids.length);
  return split;
}

/**
 * Splits pictures into folds: each judges once, and tunes for all other folds.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for fewer than two folds, or folds of fewer than four pictures
 */
export function folds(
  ids: readonly number[],
  { count, seed }: { readonly count: number; readonly seed: number },
): Split[] {
  if (!(Number.isInteger(count) && count >= 2)) {
    throw new SsdliteError('INVALID_ARGUMENT', `folds is ${count}.`, {
      value: count,
      next: 'Pass a whole number of at least 2, for instance 5.',
    });
  }
  const order = shuffled(ids, seed);
  const splits = Array.from({ length: count }, (_, fold) => ({
    tuning: order.filter((_, place) => place % count !== fold),
    heldOut: order.filter((_, place) => place % count === fold),
  }));
  for (const split of splits) checkEnough(split, ids.length);
  return splits;
}

function checkEnough({ tuning, heldOut }: Split, images: number): void {
  if (tuning.length >= leastImages && heldOut.length >= leastImages) return;
  throw new SsdliteError(
    'INVALID_ARGUMENT',
    `${images} pictures are too few: ${tuning.length} would tune and ${heldOut.length} judge.`,
    {
      value: images,
      next: `Bring more, or split otherwise: at least ${leastImages} are needed on each side.`,
    },
  );
}
