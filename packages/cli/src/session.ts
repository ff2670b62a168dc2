// One run of the command line: what commands share, and the exit code that they leave.

import type { CommandIo } from './command-io.ts';
import { errorReport } from './error-report.ts';
import { type Paint, paintFor } from './paint.ts';

/** What a command does with its arguments and options; gives its exit code. */
export type Action<Args extends readonly unknown[]> = (session: Session, ...args: Args) => Promise<number>;

export class Session {
  readonly io: CommandIo;
  /** Colours for standard output. */
  readonly paint: Paint;
  /** Whether errors come with their stack. */
  readonly verbose: boolean;
  exitCode = 0;

  constructor(io: CommandIo, { verbose }: { readonly verbose: boolean }) {
    this.io = io;
    this.paint = paintFor(io.stdout, io.env);
    this.verbose = verbose;
  }

  /** An action as commander wants it. */
  action<Args extends readonly unknown[]>(action: Action<Args>): (...args: Args) => Promise<void> {
    return async (...args) => {
      this.exitCode = await action(this, ...args);
    };
  }

  /** Writes one error to standard error, with the name of the picture that it is about. */
  report(error: unknown, about?: string): void {
    const paint = paintFor(this.io.stderr, this.io.env);
    this.io.stderr.write(errorReport(error, { about, verbose: this.verbose, paint }));
  }
}
