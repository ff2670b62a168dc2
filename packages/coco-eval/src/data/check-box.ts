// Boxes that cannot be meant.

import type { RecordName } from './raw-record.ts';
import type { WarningCollector } from './warnings.ts';

/** Warns of a box that cannot be meant. */
export function checkBox(
  [left = 0, top = 0, width = 0, height = 0]: ArrayLike<number> & Iterable<number>,
  { of, warnings }: { readonly of: RecordName; readonly warnings: WarningCollector },
): void {
  const shown = (): string => `.bbox is [${left}, ${top}, ${width}, ${height}].`;
  if (!Number.isFinite(width * height + left + top)) warnings.add('NOT_FINITE', of, shown);
  else if (width < 0 || height < 0) warnings.add('NEGATIVE_SIZE', of, shown);
}
