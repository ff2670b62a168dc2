// The commands of `ssdlite`, in the order in which its help lists them. A new one is a file in commands/ and a line here.

import type { Command } from 'commander';
import { addDetect } from './commands/detect.ts';
import type { Session } from './session.ts';

/** Adds a command to the program. */
export type AddCommand = (program: Command, session: Session) => void;

export const commands: readonly AddCommand[] = [addDetect];
