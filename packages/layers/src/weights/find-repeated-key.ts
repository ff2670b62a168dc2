// Finds what JSON.parse hides: a name that stands twice in one object, where the last one silently wins.

/** Matches one string literal, or one of the marks that matter. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * The first name that one object of a JSON text has twice, or undefined.
 *
 * @param text valid JSON
 * @example
 * findRepeatedKey('{ "a": 1, "b": { "a": 2 }, "a": 3 }'); // 'a'
 */
export function findRepeatedKey(text: string): string | undefined {
  // One entry per open bracket: the names of an object so far, or undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let literal: string | undefined;
  for (const [mark] of text.matchAll(token)) {
    if (mark === '{') open.push(new Set());
    else if (mark === '[') open.push(undefined);
    else if (mark === '}' || mark === ']') open.pop();
    else if (mark === ':' && literal !== undefined) {
      const names = open.at(-1);
      const name = String(JSON.parse(literal));
      if (names?.has(name)) return name;
      names?.add(name);
    }
    literal = mark.startsWith('"') ? mark : undefined;
  }
  return undefined;
}
