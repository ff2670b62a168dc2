// Categories as they are typed, by name or id, to ids.

import type { CocoCategory } from '../../data/coco-types.ts';
import { CocoEvalError } from '../../error.ts';
import { printable } from '../../text/text-table.ts';

/** Names that a message lists at most. */
const mostShown = 20;

/** @throws CocoEvalError `INVALID_ARGUMENT` for one that the ground truth does not have */
export function chosenCategories(texts: readonly string[], categories: readonly CocoCategory[]): number[] {
  return texts.map((text) => {
    const chosen =
      categories.find(({ name }) => name === text) ?? categories.find(({ id }) => String(id) === text);
    if (chosen) return chosen.id;
    throw new CocoEvalError('INVALID_ARGUMENT', `The ground truth has no category '${text}'.`, {
      value: text,
      next: suggestion(text, categories),
    });
  });
}

function suggestion(text: string, categories: readonly CocoCategory[]): string {
  const names = categories.map(({ id, name = String(id) }) => printable(name));
  const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const near = names.find(
    (name) => plain(name) === plain(text) || plain(name) === plain(text).replace(/s$/, ''),
  );
  if (near !== undefined) return `Did you mean '${near}'?`;
  const more = names.length - mostShown;
  return `It has ${names.slice(0, mostShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
