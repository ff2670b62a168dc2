// How an error reads on the command line: one line with its code, what is wrong and what to do.

import { CocoEvalError } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import { type Paint, printable } from './paint.ts';

/** Exit codes of all commands. */
export const exitCodes = {
  ok: 0,
  /** Something could not be done; the rest was. */
  failed: 1,
  /** The command line itself is wrong: nothing was done. */
  usage: 2,
  /** Ctrl-C: 128 and the signal's number. */
  interrupted: 130,
} as const;

/** The exit code of an error that ends a command. */
export function exitCodeOf(error: unknown): number {
  const isUsage = isForeseen(error) && (error.code === 'INVALID_ARGUMENT' || error.code === 'UNKNOWN_CLASS');
  return isUsage ? exitCodes.usage : exitCodes.failed;
}

/** Evaluation depends on nothing, so its error is one of its own. */
function isForeseen(error: unknown): error is SsdliteError | CocoEvalError {
  return error instanceof SsdliteError || error instanceof CocoEvalError;
}

/** The code of an error; `INTERNAL` for one that nobody foresaw. */
export function codeOf(error: unknown): string {
  return isForeseen(error) ? error.code : 'INTERNAL';
}

export interface ErrorReportOptions {
  /** What the error is about, where its message does not say so itself: the name of a picture. */
  readonly about?: string | undefined;
  /** With its stack and causes. */
  readonly verbose?: boolean;
  readonly paint?: Paint;
}

/** `error CODE: what. next.` on one line. */
export function errorReport(error: unknown, options: ErrorReportOptions = {}): string {
  const { about, verbose = false, paint = (_, text) => text } = options;
  const title = `${paint('red', 'error')} ${paint('bold', codeOf(error))}`;
  const message = messageOf(error).replace(/\s*\n\s*/g, ' ');
  const subject = about === undefined || message.includes(about) ? '' : `${about}: `;
  const line = `${title}: ${printable(subject + message)}\n`;
  return verbose && error instanceof Error ? `${line}${stackOf(error)}\n` : line;
}

function messageOf(error: unknown): string {
  if (isForeseen(error)) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `${message.replace(/\.$/, '')}. This is a fault of ssdlite; --verbose shows where.`;
}

function stackOf(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? `${stack}\ncaused by: ${stackOf(error.cause)}` : stack;
}
