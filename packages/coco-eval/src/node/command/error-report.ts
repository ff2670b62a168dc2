// How an error reads on the command line: one line with its code, what is wrong and what to do; and the exit code it gives.

import { CocoEvalError } from '../../error.ts';
import { printable } from '../../text/text-table.ts';

export const exitCodes = {
  ok: 0,
  /** The files could not be read, evaluated or written. */
  failed: 1,
  /** The command line itself is wrong: nothing was done. */
  usage: 2,
} as const;

/** The exit code of an error that ends the command. */
export function exitCodeOf(error: unknown): number {
  return error instanceof CocoEvalError && error.code === 'INVALID_ARGUMENT'
    ? exitCodes.usage
    : exitCodes.failed;
}

/** `error CODE: what is wrong. What to do.`, with the stack if asked for or if nobody foresaw it. */
export function errorReport(
  error: unknown,
  { verbose = false }: { readonly verbose?: boolean } = {},
): string {
  if (!(error instanceof CocoEvalError)) {
    const message = error instanceof Error ? error.message : String(error);
    const line = `error INTERNAL: ${message.replace(/\.$/, '')}. This is a fault of coco-eval; --verbose shows where.`;
    return `${printable(line)}\n${verbose && error instanceof Error ? `${error.stack}\n` : ''}`;
  }
  const line = printable(`error ${error.code}: ${error.message}`.replace(/\s*\n\s*/g, ' '));
  return `${line}\n${verbose ? `${stackOf(error)}\n` : ''}`;
}

function stackOf(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? `${stack}\ncaused by: ${stackOf(error.cause)}` : stack;
}
