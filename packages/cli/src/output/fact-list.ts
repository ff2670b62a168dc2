// Facts as lines of text: a name, and what it is.

/** A name and its value; a fact without a value is left out. */
export type Fact = readonly [name: string, value: string | undefined];

/** Lines of `name  value`, aligned; long values go on below themselves. */
export function factList(facts: readonly Fact[], { width = 100 }: { readonly width?: number } = {}): string {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
  const indent = Math.max(0, ...known.map(([name]) => name.length)) + 2;
  return known
    .map(([name, value]) => {
      const lines = wrap(value, Math.max(20, width - indent));
      return `${name.padEnd(indent)}${lines.join(`\n${' '.repeat(indent)}`)}\n`;
    })
    .join('');
}

/** Breaks a text between words; a word that is too long has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
