// `ssdlite doctor`: what works here, and what to do for what does not.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { nodeEngines } from 'ssdlite/node';
import { print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { factList } from '../output/fact-list.ts';
import { version } from '../run.ts';
import type { Session } from '../session.ts';

const run = promisify(execFile);

/** An engine that needs longer to detect on one small picture hangs. */
const timeoutMs = 60_000;

/** How a part of the program does here. */
interface Finding {
  readonly name: string;
  readonly works: boolean;
  /** What was seen, or what is wrong and what to do. */
  readonly what: string;
}

/** Adds the command. */
export function addDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .summary('tell whether everything that ssdlite needs works here')
    .description(
      'Tries every engine and library in a process of its own, and tells what to do for those that do not work.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit code: 0 if at least one engine works, else 1.')
    .action(session.action(examine));
}

async function examine(session: Session, { json = false }: { readonly json?: boolean }): Promise<number> {
  const { io } = session;
  const engines: Finding[] = [];
  for (const { name, install } of nodeEngines)
    engines.push(await tryEngine(name, { install, signal: io.signal }));
  const libraries = await Promise.all([
    tryLibrary('sharp', io.signal),
    tryLibrary('@napi-rs/canvas', io.signal),
  ]);
  const works = engines.some((engine) => engine.works);
  const facts = {
    ssdlite: version(),
    node: process.version,
    machine: `${process.platform} ${process.arch}, ${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'processor'}`,
  };
  if (json) await print(io.stdout, `${JSON.stringify({ ...facts, engines, libraries }, undefined, 2)}\n`);
  else {
    const mark = (finding: Finding): string =>
      session.paint(finding.works ? 'green' : 'red', finding.works ? 'works' : 'does not work');
    const lines = [...engines, ...libraries].map((finding): readonly [string, string] => [
      finding.name,
      `${mark(finding)}: ${finding.what}`,
    ]);
    await print(io.stdout, factList([...Object.entries(facts), ...lines]));
    const best = engines.find((engine) => engine.works);
    await print(io.stdout, best ? `\n--engine auto takes ${best.name}.\n` : '\nNo engine works here.\n');
  }
  return works ? exitCodes.ok : exitCodes.failed;
}

interface TryOptions {
  readonly install: string;
  readonly signal: AbortSignal;
}

/** In a process of its own: a native library that does not fit this machine may end the process that loads it. */
async function tryEngine(name: string, { install, signal }: TryOptions): Promise<Finding> {
  const script = `
    const { createDetector } = await import(${JSON.stringify(import.meta.resolve('ssdlite/node'))});
    const detector = await createDetector({ engine: ${JSON.stringify(name)} });
    const picture = { data: new Uint8Array(300 * 300 * 3), width: 300, height: 300, channels: 3 };
    await detector.detect(picture);
    const start = performance.now();
    await detector.detect(picture);
    console.log((performance.now() - start).toFixed(1));
    await detector.dispose();`;
  try {
    const milliseconds = await runScript(script, signal);
    return { name, works: true, what: `${milliseconds} ms for a picture of 300 x 300` };
  } catch (error) {
    return { name, works: false, what: `${whyOf(error)} ${install}` };
  }
}

async function tryLibrary(name: string, signal: AbortSignal): Promise<Finding> {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve(name);
    await runScript(
      `await import(${JSON.stringify(new URL(`file://${path}`).href)}); console.log('ok');`,
      signal,
    );
    return { name, works: true, what: 'loads' };
  } catch (error) {
    return { name, works: false, what: `${whyOf(error)} Run \`npm install ${name}\` on this machine.` };
  }
}

async function runScript(script: string, signal: AbortSignal): Promise<string> {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd,
    signal,
    timeout: timeoutMs,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** The line of an error's output that says most. */
function whyOf(error: unknown): string {
  const { stderr = '', code, signal } = error as { stderr?: string; code?: number | string; signal?: string };
  const line = stderr.split('\n').find((text) => /Error\b.*:/.test(text));
  if (line)
    return line
      .trim()
      .replace(/^.*?Error(?: \[\w+\])?: /, '')
      .replace(/ Run `npm.*$/, '');
  return signal ? `The process was ended by ${signal}.` : `The process ended with ${code ?? 'an error'}.`;
}
