// Whether an engine gives right answers on this machine: drivers have been seen that give zeros, or numbers that are nearly right.

import type { Network, Weights } from '@ssdlite/layers';
import type { InputLayout } from '../../detect/preprocess.ts';
import type { Program } from '../../engine.ts';
import type { Manifest } from '../../weights/manifest.ts';
import { type KnownAnswer, knownAnswers, testPattern } from './known-answers.ts';

/** How far a number may be off: what phones make of it that compute with half the digits. */
const tolerance = 0.25;
/** The same for weights whose numbers nobody knows, as a part of the largest of them. */
const relativeTolerance = 0.02;

/** Sides of a picture that is small enough for plain loops, and gives every layer something to do. */
const smallSide = 64;

/** What is checked. */
export interface CheckedModel {
  readonly manifest: Manifest;
  readonly network: Network;
  readonly weights: Weights;
  readonly inputLayout: InputLayout;
}

/**
 * Runs the network once, on a built-in picture, and compares what comes out with the right answer: the one that is known of the COCO
 * weights at their size; of other weights and sizes, the one that plain loops give of a smaller picture.
 *
 * @throws Error if it cannot be right
 */
export async function checkAnswers(program: Program, model: CheckedModel): Promise<void> {
  const { manifest, inputLayout } = model;
  const { inputSize, logitColumns } = manifest.architecture;
  const outputs = await program.run(testPattern(inputSize, inputLayout), { batch: 1, ...inputSize });
  for (const [name, values] of Object.entries(outputs)) {
    if (!values.every(Number.isFinite)) throw new Error(`its ${name} are not all finite`);
    if (values.every((value) => value === values[0])) throw new Error(`its ${name} are all ${values[0]}`);
  }
  const known = knownAnswers.get(manifest.weights.sha256);
  const isKnown = known?.size.height === inputSize.height && known.size.width === inputSize.width;
  if (!isKnown) return compareWithLoops(program, model);
  const { logits, boxes } = answerOf(outputs as { logits: Float32Array; boxes: Float32Array }, {
    step: known.step,
    columns: logitColumns,
  });
  compare({ logits, boxes }, { logits: known.logits, boxes: known.boxes });
}

async function compareWithLoops(
  program: Program,
  { network, weights, inputLayout }: CheckedModel,
): Promise<void> {
  const size = { batch: 1, height: smallSide, width: smallSide };
  const [{ runPlain }, outputs] = await Promise.all([
    import('@ssdlite/layers/plain'),
    program.run(testPattern(size, inputLayout), size),
  ]);
  compare(outputs, runPlain(testPattern(size, 'nhwc'), { network, weights, size }));
}

function compare(
  outputs: Readonly<Record<string, ArrayLike<number>>>,
  right: Readonly<Record<string, ArrayLike<number>>>,
): void {
  for (const [name, wanted] of Object.entries(right)) {
    const values = outputs[name] ?? [];
    const largest = Array.from(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const most = Math.max(tolerance, relativeTolerance * largest);
    for (const [place, expected] of Array.from(wanted).entries()) {
      const value = values[place] ?? Number.NaN;
      if (Math.abs(value - expected) <= most) continue;
      const text = `${name}: ${value.toFixed(3)}, right is ${Number(expected.toFixed(3))}`;
      throw new Error(`it answers a test picture wrongly (${text})`);
    }
  }
}

/** The numbers that are compared. */
export function answerOf(
  { logits, boxes }: { readonly logits: Float32Array; readonly boxes: Float32Array },
  { step, columns }: { readonly step: number; readonly columns: number },
): Omit<KnownAnswer, 'size'> {
  const places = Array.from({ length: Math.ceil(boxes.length / 4 / step) }, (_, place) => place);
  return {
    step,
    logits: places.map((place) => logits[place * step * columns + ((place * 37) % columns)] as number),
    boxes: places.map((place) => boxes[place * step * 4 + (place % 4)] as number),
  };
}
