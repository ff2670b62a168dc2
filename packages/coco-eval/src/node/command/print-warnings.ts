// Warnings of what was odd in the input, on standard error.

import type { EvaluationWarning } from '../../data/warnings.ts';
import { printable } from '../../text/text-table.ts';
import { type CommandIo, print } from './command-io.ts';
import type { CommandOptions } from './command-options.ts';

export async function printWarnings(
  warnings: readonly EvaluationWarning[],
  {
    options,
    io,
    about,
  }: {
    readonly options: CommandOptions;
    readonly io: CommandIo;
    /** The file that they are about, where it is not the only one. */
    readonly about?: string | undefined;
  },
): Promise<void> {
  if (options.quiet) return;
  const file = about === undefined ? '' : `${about}: `;
  for (const { code, message } of warnings) {
    await print(io.stderr, `warning ${code}: ${printable(file + message)}\n`);
  }
}
