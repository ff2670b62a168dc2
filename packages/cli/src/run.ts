// The whole command line as a function: arguments in, exit code out.

import { SsdliteError } from '@ssdlite/layers';
import { Command, CommanderError } from 'commander';
import type { CommandIo } from './command-io.ts';
import { commands } from './commands.ts';
import { exitCodeOf, exitCodes } from './error-report.ts';
import { Session } from './session.ts';
import { version } from './version.ts';

const examples = `
Examples:
  ssdlite detect photo.jpg --out drawn     what is on the photo, and the photo with boxes in the folder 'drawn'
  ssdlite detect photos/ --json found.json the same for a folder of photos, as JSON
  ssdlite doctor                           whether everything that ssdlite needs works here
  ssdlite detect --help                    all options of a command, with more examples`;

/**
 * Runs a command line.
 *
 * @param argv arguments without Node and script, e.g. `['detect', 'photo.jpg']`
 * @returns exit code: 0 all done, 1 something failed, 2 wrong usage, 130 stopped by the signal
 * @example
 * const exitCode = await run(['detect', 'photo.jpg', '--json', '-'], io);
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const session = new Session(io, { verbose: argv.includes('--verbose') || Boolean(io.env.DEBUG) });
  const program = programFor(session);
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return commanderExit(error, { session, argv });
    if (io.signal.aborted) return exitCodes.interrupted;
    session.report(error);
    return exitCodeOf(error);
  }
}

function programFor(session: Session): Command {
  const { io } = session;
  const program = new Command('ssdlite')
    .description('Detects objects in photos: MobileNetV2 + SSDLite, trained on COCO. Nothing is downloaded.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Errors are written by this module, in the form of all others.
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', examples);
  for (const add of commands) add(program, session);
  for (const command of program.commands) {
    command.option('--verbose', 'show the stack of errors');
  }
  return program;
}

/** Help and version are no errors; the rest is wrong usage. */
function commanderExit(
  error: CommanderError,
  { session, argv }: { readonly session: Session; readonly argv: readonly string[] },
): number {
  if (error.exitCode === 0) return exitCodes.ok;
  const [first, second] = argv;
  const command = programFor(session).commands.find((each) => each.name() === first);
  session.report(
    new SsdliteError(
      'INVALID_ARGUMENT',
      error.code === 'commander.help' ? noCommand(second) : sentence(error),
      {
        value: argv,
        next: `See ssdlite ${command ? `${command.name()} ` : ''}--help.`,
      },
    ),
  );
  return exitCodes.usage;
}

/** What was asked help for is no command. */
function noCommand(name: string | undefined): string {
  return name === undefined ? 'No command is named.' : `There is no command '${name}'.`;
}

/** Commander's message as the errors of this project read. */
function sentence({ message }: CommanderError): string {
  const what = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const capital = what.slice(0, 1).toUpperCase() + what.slice(1);
  return /[.!?)]$/.test(capital) ? capital : `${capital}.`;
}
