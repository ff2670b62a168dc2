// Colours, on terminals only.

import { styleText } from 'node:util';
import type { CommandIo, OutputStream } from './command-io.ts';

type Format = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (format: Format, text: string) => string;

/** Colours what goes to a terminal, unless NO_COLOR is set (https://no-color.org). */
export function paintFor(stream: OutputStream, env: CommandIo['env']): Paint {
  const colours = Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb';
  return colours ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text;
}

/** A name without what a terminal would obey, such as escape sequences in the names of files. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD');
}
