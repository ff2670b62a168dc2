// `ssdlite doctor`: what works here, and what to do for what does not.

import type { Command } from 'commander';
import { nodeEngines, readDetectorWeights } from 'ssdlite/node';
import { type CommandIo, print } from '../command-io.ts';
import { installedVersion } from '../doctor/installed-version.ts';
import { tryScript } from '../doctor/try-script.ts';
import { exitCodes } from '../error-report.ts';
import { factList } from '../output/fact-list.ts';
import { machine, machineSentence } from '../output/machine.ts';
import { fitColumns, tableLine } from '../output/text-table.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';

/** How a part of the program does here. */
interface Finding {
  readonly name: string;
  readonly version?: string | undefined;
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
  // One after the other: they are timed.
  for (const engine of nodeEngines) engines.push(await tryEngine(engine, io));
  const others = await Promise.all([
    tryLibrary('sharp', 'reads and writes pictures', io),
    tryLibrary('@napi-rs/canvas', 'draws boxes', io),
    tryWeights(),
  ]);
  const best = engines.find((engine) => engine.works);
  const here = machine();
  if (json) {
    const report = { ssdlite: version(), machine: here, auto: best?.name ?? null, engines, others };
    await print(io.stdout, `${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    const threads = `${here.cores} at once; onnxruntime-node uses all of them, tfjs-wasm one`;
    const facts = factList([
      ['ssdlite', version()],
      ['machine', machineSentence(here)],
      ['threads', threads],
    ]);
    await print(io.stdout, `${facts}\n${findingsText([...engines, ...others], session)}`);
    await print(io.stdout, best ? `\n--engine auto takes ${best.name}.\n` : '\nNo engine works here.\n');
  }
  return best ? exitCodes.ok : exitCodes.failed;
}

function findingsText(findings: readonly Finding[], { paint }: Session): string {
  const rows = findings.map(({ name, version = '', works, what }) => [
    works ? 'works' : 'FAILS',
    name,
    version,
    what,
  ]);
  const columns = fitColumns(['', '', '', ''], rows);
  const lines = rows.map((row) => {
    const line = tableLine(columns, row);
    const mark = row[0] ?? '';
    return `${paint(mark === 'works' ? 'green' : 'red', mark)}${line.slice(mark.length)}\n`;
  });
  return lines.join('');
}

type Engine = (typeof nodeEngines)[number];

async function tryEngine(engine: Engine, { signal }: CommandIo): Promise<Finding> {
  const { name, install } = engine;
  const entry = import.meta.resolve('ssdlite/node');
  const tried = await tryScript(
    `
    const { createDetector } = await import(${JSON.stringify(entry)});
    const detector = await createDetector({ engine: ${JSON.stringify(name)} });
    const picture = { data: new Uint8Array(300 * 300 * 3), width: 300, height: 300, channels: 3 };
    for (let run = 0; run < 3; run++) await detector.detect(picture);
    const start = performance.now();
    for (let run = 0; run < 5; run++) await detector.detect(picture);
    console.log(((performance.now() - start) / 5).toFixed(1));
    await detector.dispose();`,
    { signal },
  );
  const found = { name, version: await installedVersion(engine.package, entry) };
  if (tried.works) return { ...found, works: true, what: `${tried.said} ms a picture` };
  // The error of an engine that is not installed says itself what to do.
  return {
    ...found,
    works: false,
    what: tried.why.includes(install) ? tried.why : `${tried.why} ${install}`,
  };
}

async function tryLibrary(name: string, purpose: string, { signal }: CommandIo): Promise<Finding> {
  const tried = await tryScript(`await import(${JSON.stringify(name)});`, { signal });
  const found = { name, version: await installedVersion(name, import.meta.url) };
  if (tried.works) return { ...found, works: true, what: purpose };
  return { ...found, works: false, what: `${tried.why} Run \`npm install ${name}\` on this machine.` };
}

async function tryWeights(): Promise<Finding> {
  const name = 'COCO weights';
  try {
    const { manifest } = await readDetectorWeights();
    const megabytes = (manifest.weights.bytes / 1e6).toFixed(2);
    return { name, works: true, what: `${manifest.name}, ${megabytes} MB, whole` };
  } catch (error) {
    return { name, works: false, what: error instanceof Error ? error.message : String(error) };
  }
}
