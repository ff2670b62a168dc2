// What a run did, line by line, as JSON: for people, plots and tests.

import { appendFile, readFile } from 'node:fs/promises';
import type { StepResult } from '../trainer.ts';
import { writeDurably, writeFailed } from './write-durably.ts';

/** One line of `log.jsonl`. */
export type LogLine =
  | ({ readonly kind: 'step'; readonly epoch: number; readonly picturesPerSecond: number } & Pick<
      StepResult,
      'step' | 'losses' | 'learningRate' | 'gradientNorm' | 'positives'
    >)
  | {
      readonly kind: 'validation';
      /** Steps done. */
      readonly step: number;
      readonly stats: Readonly<Record<string, number>>;
      /** AP by class. */
      readonly perClass: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'skipped'; readonly step: number; readonly message: string };

export class RunLog {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens a log to go on from a step: lines of later steps, which a stopped run wrote after its last checkpoint, are taken out.
   *
   * @param from steps done
   */
  static async open(path: string, from: number): Promise<RunLog> {
    const kept = (await readLog(path)).filter(({ kind, step }) =>
      kind === 'validation' ? step <= from : step < from,
    );
    await writeDurably(path, kept.map(textOf).join(''));
    return new RunLog(path);
  }

  /** @throws SsdliteError `WRITE_FAILED` */
  async add(line: LogLine): Promise<void> {
    try {
      await appendFile(this.#path, textOf(line));
    } catch (cause) {
      throw writeFailed(this.#path, cause);
    }
  }
}

/** All lines of a log; none if there is no file. A last line that was cut short is left out. */
export async function readLog(path: string): Promise<LogLine[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): LogLine => JSON.parse(line));
}

function textOf(line: LogLine): string {
  return `${JSON.stringify(line)}\n`;
}
