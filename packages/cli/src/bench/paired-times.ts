// How long networks take beside each other: in turns, so that a busy machine slows all of them alike.

import type { Program } from 'ssdlite';
import { median } from '../detect/stage-times.ts';

/** A compiled network and what it is fed with. */
export interface TimedProgram {
  readonly program: Program;
  readonly image: Float32Array;
  readonly size: { readonly height: number; readonly width: number };
}

/** Engines allocate at first, and code is compiled. */
const warmUps = 3;

/**
 * Runs programs in turns.
 *
 * @param options.onRun called after each run of one program, with how many are done of how many
 * @returns medians in milliseconds of one picture, in the order of the programs
 */
export async function pairedTimes(
  timed: readonly TimedProgram[],
  options: {
    readonly runs: number;
    readonly signal: AbortSignal;
    readonly onRun?: (done: number, total: number) => void;
  },
): Promise<number[]> {
  const { runs, signal, onRun } = options;
  const times: number[][] = timed.map(() => []);
  for (let run = -warmUps; run < runs; run++) {
    for (const [index, { program, image, size }] of timed.entries()) {
      signal.throwIfAborted();
      const start = performance.now();
      await program.run(image, { batch: 1, ...size });
      if (run >= 0) times[index]?.push(performance.now() - start);
      onRun?.((run + warmUps) * timed.length + index + 1, (runs + warmUps) * timed.length);
    }
  }
  return times.map(median);
}

/** Numbers in -1 to 1 in the place of a picture, always the same. */
export function madeUpInput({ height, width }: TimedProgram['size']): Float32Array {
  let state = 1;
  return Float32Array.from({ length: height * width * 3 }, () => {
    // A linear congruential generator (Numerical Recipes): any noise will do, as long as it is always the same.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
