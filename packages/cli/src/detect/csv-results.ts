// Results as text in columns: CSV for spreadsheets and scripts, and the format of the MOTChallenge for tracks.

import type { TextOutput } from '../output/text-output.ts';
import type { Turn } from '../picture-run.ts';
import type { Found, ResultSink } from './found.ts';
import { part, pixel } from './rounded.ts';

/** Both are lines of text per object. */
abstract class LineResults implements ResultSink {
  readonly #output: TextOutput;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  async add(found: Found, turn: Turn): Promise<void> {
    const lines = this.lines(found, turn);
    if (lines.length > 0) await this.#output.write(`${lines.join('\n')}\n`);
  }

  async addError(): Promise<void> {}

  commit(): Promise<void> {
    return this.#output.commit();
  }

  discard(): Promise<void> {
    return this.#output.discard();
  }

  protected abstract lines(found: Found, turn: Turn): string[];
}

/** RFC 4180 with a line of names first. An object a line; a picture without objects has none. */
export class CsvResults extends LineResults {
  readonly #tracked: boolean;
  #titled = false;

  constructor(output: TextOutput, { tracked }: { readonly tracked: boolean }) {
    super(output);
    this.#tracked = tracked;
  }

  protected lines({ detections }: Found, { source }: Turn): string[] {
    const names = ['file', ...(this.#tracked ? ['id'] : []), 'label', 'class_id', 'score'];
    const title = this.#titled ? [] : [[...names, 'x', 'y', 'width', 'height'].join(',')];
    this.#titled = true;
    const rows = detections.map(({ id, label, classId, score, box }) => {
      const sides = [box.x, box.y, box.width, box.height].map(pixel);
      const cells = [source.name, ...(this.#tracked ? [id] : []), label, classId, part(score), ...sides];
      return cells.map((cell) => quoted(String(cell))).join(',');
    });
    return [...title, ...rows];
  }
}

/**
 * `frame,id,left,top,width,height,score,class,visibility`: frames from 1, the class by its id, visibility unknown (-1). TrackEval and
 * the MOTChallenge's tools read it.
 */
export class MotResults extends LineResults {
  protected lines({ detections }: Found, { index }: Turn): string[] {
    return detections.map(({ id, classId, score, box }) => {
      const sides = [box.x, box.y, box.width, box.height].map(pixel);
      return [index + 1, id, ...sides, part(score), classId, -1].join(',');
    });
  }
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
