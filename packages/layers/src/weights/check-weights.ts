// Whether weights are those that a network asks for: names, shapes, finite numbers.

import { SsdliteError } from '../error.ts';
import { firstNotFinite } from './first-not-finite.ts';
import { sizeOf, type WeightSpec, type Weights } from './weights.ts';

/** How many faults one message names. */
const namedFaults = 5;

/**
 * Checks weights against the list that a network needs (`foldedWeights` or `trainedWeights` of its description).
 *
 * @throws SsdliteError `WEIGHTS_MISMATCH` with the tensors that are missing, have another shape, are not asked for, or hold a number
 * that is not finite; `value` lists all of them
 * @param options.finite whether the numbers are known to be finite, as `decodeWeights` leaves them, and need no second look. Default false
 * @example
 * checkWeights(weights, foldedWeights(describe(network)));
 */
export function checkWeights(
  weights: Weights,
  specs: readonly WeightSpec[],
  { finite = false }: { readonly finite?: boolean } = {},
): void {
  const faults: string[] = [];
  const asked = new Set<string>();
  for (const { name, shape } of specs) {
    asked.add(name);
    const tensor = weights.get(name);
    const expected = `[${shape.join(', ')}]`;
    if (!tensor) {
      faults.push(`'${name}' ${expected} is missing`);
      continue;
    }
    const got = `[${tensor.shape.join(', ')}]`;
    if (got !== expected) faults.push(`'${name}' has the shape ${got}, expected ${expected}`);
    // Asking blocks for their numbers would decode them.
    const { length } = tensor.blocks?.values ?? tensor.data;
    if (length !== sizeOf(tensor.shape)) faults.push(`'${name}' has ${length} numbers for the shape ${got}`);
    const at = finite ? undefined : firstNotFinite(tensor.data);
    if (at !== undefined) faults.push(`'${name}' holds ${tensor.data[at]} at position ${at}`);
  }
  for (const [name, { shape }] of weights) {
    if (!asked.has(name)) faults.push(`'${name}' [${shape.join(', ')}] is not part of the network`);
  }
  if (faults.length === 0) return;
  const more = faults.length > namedFaults ? `; and ${faults.length - namedFaults} more` : '';
  throw new SsdliteError(
    'WEIGHTS_MISMATCH',
    `The weights do not fit the network: ${faults.slice(0, namedFaults).join('; ')}${more}.`,
    { value: faults, next: 'Use weights of this architecture, width and number of classes.' },
  );
}
