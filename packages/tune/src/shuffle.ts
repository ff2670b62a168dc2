// Chance that a seed decides: the same order on every machine.

import { randomIndices } from '@ssdlite/coco-eval';

/** The items in an order of chance (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomIndices(seed);
  const order = [...items];
  for (let end = order.length - 1; end > 0; end--) {
    const other = random(end + 1);
    [order[end], order[other]] = [order[other] as T, order[end] as T];
  }
  return order;
}
