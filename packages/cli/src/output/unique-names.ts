// File names for output: kept as they are where they can be, told apart where they cannot.

import { extname } from 'node:path';

/**
 * Makes names differ, also where the file system ignores case. The first of several equal names keeps it, the next ones become
 * `name-2.jpg`, `name-3.jpg`, passing over names that others have.
 *
 * @example
 * uniqueNames(['a.jpg', 'a.jpg', 'a-2.jpg']); // ['a.jpg', 'a-3.jpg', 'a-2.jpg']
 */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const first = names.map((name) => {
    const key = name.toLowerCase();
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  });
  const counters = new Map<string, number>();
  return names.map((name, index) => {
    if (first[index]) return name;
    const extension = extname(name);
    const stem = name.slice(0, name.length - extension.length);
    let count = counters.get(name.toLowerCase()) ?? 2;
    while (taken.has(`${stem}-${count}${extension}`.toLowerCase())) count++;
    counters.set(name.toLowerCase(), count + 1);
    const unique = `${stem}-${count}${extension}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
