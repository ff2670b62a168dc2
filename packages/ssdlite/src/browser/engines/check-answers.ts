// Whether an engine gives right answers on this machine: drivers have been seen that give zeros, or numbers that are nearly right.

import type { InputLayout } from '../../detect/preprocess.ts';
import type { Program } from '../../engine.ts';
import type { Manifest } from '../../weights/manifest.ts';
import { type KnownAnswer, knownAnswers, testPattern } from './known-answers.ts';

/** How far a number may be off: what phones make of it that compute with half the digits. */
const tolerance = 0.25;

/**
 * Runs the network once, on a built-in picture, and compares what comes out with the right answer where it is known, as it is for the
 * COCO weights. Of other weights it only tells that the numbers are finite and not all the same.
 *
 * @throws Error if it cannot be right
 */
export async function checkAnswers(
  program: Program,
  { manifest, inputLayout }: { readonly manifest: Manifest; readonly inputLayout: InputLayout },
): Promise<void> {
  const { inputSize, logitColumns } = manifest.architecture;
  const outputs = await program.run(testPattern(inputSize, inputLayout), { batch: 1, ...inputSize });
  for (const [name, values] of Object.entries(outputs)) {
    if (!values.every(Number.isFinite)) throw new Error(`its ${name} are not all finite`);
    if (values.every((value) => value === values[0])) throw new Error(`its ${name} are all ${values[0]}`);
  }
  const known = knownAnswers.get(manifest.weights.sha256);
  if (!known) return;
  const answer = answerOf(outputs as { logits: Float32Array; boxes: Float32Array }, {
    step: known.step,
    columns: logitColumns,
  });
  for (const output of ['logits', 'boxes'] as const) {
    for (const [place, value] of answer[output].entries()) {
      const right = known[output][place] ?? Number.NaN;
      if (!(Math.abs(value - right) <= tolerance))
        throw new Error(
          `it answers a test picture wrongly (${output}: ${value.toFixed(3)}, right is ${right})`,
        );
    }
  }
}

/** The numbers that are compared. */
export function answerOf(
  { logits, boxes }: { readonly logits: Float32Array; readonly boxes: Float32Array },
  { step, columns }: { readonly step: number; readonly columns: number },
): KnownAnswer {
  const places = Array.from({ length: Math.ceil(boxes.length / 4 / step) }, (_, place) => place);
  return {
    step,
    logits: places.map((place) => logits[place * step * columns + ((place * 37) % columns)] as number),
    boxes: places.map((place) => boxes[place * step * 4 + (place % 4)] as number),
  };
}
