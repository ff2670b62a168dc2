// What the columns of a detector's logits are called.

import { SsdliteError } from '@ssdlite/layers';
import { nearestName } from './nearest-name.ts';

/** A class: its id is its column in the logits; with the COCO weights, COCO's category id. */
export interface Label {
  readonly id: number;
  readonly name: string;
}

/** A class as a caller names it: by label or by id. */
export type ClassReference = string | number;

/**
 * Finds a class by name (case does not matter) or id.
 *
 * @throws SsdliteError `UNKNOWN_CLASS`, with the nearest name
 */
export function findLabel(labels: readonly Label[], reference: ClassReference): Label {
  const label = labels.find(({ id, name }) =>
    typeof reference === 'number' ? id === reference : name.toLowerCase() === String(reference).toLowerCase(),
  );
  if (label) return label;
  const names = labels.map(({ name }) => name);
  const nearest = typeof reference === 'string' ? nearestName(reference, names) : undefined;
  throw new SsdliteError('UNKNOWN_CLASS', `These weights have no class ${JSON.stringify(reference)}.`, {
    value: reference,
    next: nearest
      ? `Did you mean '${nearest}'?`
      : `There are ${names.length}: ${names.slice(0, 5).join(', ')}, ...`,
  });
}
