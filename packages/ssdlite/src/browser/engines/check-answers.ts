// Whether an engine gives right answers on this machine: drivers have been seen that give zeros, or numbers that are nearly right.

import type { Size } from '../../detect/placement.ts';
import type { Program } from '../../engine.ts';

/**
 * Runs the network once, on a grey picture, and looks at what comes out.
 *
 * @throws Error if it cannot be right
 */
export async function checkAnswers(program: Program, { height, width }: Size): Promise<void> {
  const outputs = await program.run(new Float32Array(height * width * 3), { batch: 1, height, width });
  for (const [name, values] of Object.entries(outputs)) {
    if (!values.every(Number.isFinite)) throw new Error(`its ${name} are not all finite`);
    if (values.every((value) => value === 0)) throw new Error(`its ${name} are all zero`);
  }
}
