// Which class of the weights is which category of the annotations.

import type { CocoCategory } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import type { Label } from 'ssdlite';

/**
 * The category of every class that has one, by the class's id. Names decide (case does not matter); where the annotations have none, ids do.
 *
 * @throws SsdliteError `UNKNOWN_CLASS` for a category that the weights do not have: its objects could never be found
 */
export function categoryColumns(
  labels: readonly Label[],
  categories: readonly CocoCategory[],
): ReadonlyMap<number, number> {
  const columns = new Map<number, number>();
  const unknown: string[] = [];
  for (const { id, name } of categories) {
    const label = labels.find((one) =>
      name === undefined ? one.id === id : one.name.toLowerCase() === name.toLowerCase(),
    );
    if (label) columns.set(label.id, id);
    else unknown.push(name ?? String(id));
  }
  if (unknown.length === 0) return columns;
  throw new SsdliteError(
    'UNKNOWN_CLASS',
    `The annotations have categories that the weights do not know: ${unknown.slice(0, 5).join(', ')}.`,
    { value: unknown, next: 'Take weights that were trained on them, or leave these categories out.' },
  );
}
