// Networks that were trained with softmax, for stages that take sigmoids: the same scores as logits of one column each.

import type { Program } from '../engine.ts';

/** Room below 1, for columns that are nearly certain: float32 has no smaller part of a sum. */
const leastRest = 1e-7;

/**
 * Turns logits so that the sigmoid of each is the softmax of its row: x less the logarithm of the sum of the others' exponentials.
 *
 * @param logits `[rows, columns]`; a new array comes back
 * @example
 * sigmoidLogits(Float32Array.of(0, 0, 0), 3); // each the logit of a third: -0.693
 */
export function sigmoidLogits(logits: Float32Array, columns: number): Float32Array {
  const turned = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += columns) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < columns; i++) largest = Math.max(largest, logits[at + i] as number);
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += Math.exp((logits[at + i] as number) - largest);
    for (let i = 0; i < columns; i++) {
      const own = (logits[at + i] as number) - largest;
      turned[at + i] = own - Math.log(Math.max(sum - Math.exp(own), sum * leastRest));
    }
  }
  return turned;
}

/** A program whose `logits` are turned so. */
export function withSigmoidLogits(program: Program, columns: number): Program {
  const turn = async (
    outputs: Promise<Record<string, Float32Array>>,
  ): Promise<Record<string, Float32Array>> => {
    const { logits, ...others } = await outputs;
    return { ...others, ...(logits && { logits: sigmoidLogits(logits, columns) }) };
  };
  return {
    run: (image, size) => turn(program.run(image, size)),
    ...(program.runPictures && {
      runPictures: (parts, normalization) =>
        turn(program.runPictures?.(parts, normalization) ?? Promise.resolve({})),
    }),
    dispose: () => program.dispose(),
  };
}
