// Masks and keypoints of annotations on their way into columns. What they are made of waits until all images are known.

import { CocoEvalError } from '../error.ts';
import { type Rle, toBbox } from '../mask/rle.ts';
import type { EvaluationType } from '../metric/params.ts';
import type { TruthColumns } from './columns.ts';
import { GrowingFloats } from './growing-floats.ts';
import { isNumbers, type RawRecord, type RecordName, wrongField } from './raw-record.ts';
import type { KnownTruth, TruthShapeReader } from './shape-reader.ts';
import { checkMask, emptyMask, toMask } from './to-mask.ts';

/** Numbers in all keypoints of a file: a gigabyte. */
const mostNumbers = 2 ** 27;

/** Keeps the masks or keypoints that an evaluation needs. */
export class TruthShapes implements TruthShapeReader {
  readonly #type: EvaluationType;
  readonly #segmentations: unknown[] = [];
  readonly #masks: Rle[] = [];
  readonly #lists: unknown[] = [];
  readonly #keypointCounts = new GrowingFloats();
  #keypoints: Float64Array | undefined;

  constructor(type: EvaluationType) {
    this.#type = type;
  }

  add(record: RawRecord): void {
    if (this.#type === 'segm') {
      this.#segmentations.push(record.segmentation);
      this.#masks.push(emptyMask);
    }
    if (this.#type === 'keypoints') {
      this.#lists.push(record.keypoints);
      this.#keypointCounts.push(record.has('num_keypoints') ? record.number('num_keypoints') : Number.NaN);
    }
  }

  /** @throws CocoEvalError `INVALID_ANNOTATIONS`, naming the record */
  take(truth: KnownTruth): void {
    if (this.#type === 'segm') this.#takeMask(truth);
    if (this.#type === 'keypoints') this.#takeKeypoints(truth.of);
  }

  columns(): Partial<TruthColumns> {
    if (this.#type === 'segm') return { masks: this.#masks };
    if (this.#type !== 'keypoints') return {};
    return { keypoints: this.#points(), keypointCounts: this.#keypointCounts.values() };
  }

  #takeMask({ of, image, truths, warnings }: KnownTruth): void {
    const { index } = of;
    const mask = toMask(this.#segmentations[index], { of, image });
    // The polygons are long, and not needed any more.
    this.#segmentations[index] = undefined;
    checkMask(mask, { of, image, warnings });
    if (Number.isNaN(truths.boxes[index * 4])) truths.boxes.set(toBbox(mask), index * 4);
    this.#masks[index] = mask;
  }

  #takeKeypoints(of: RecordName): void {
    const keypoints = this.#lists[of.index];
    const size = this.#size();
    // No list at all is as good as one without visible points (cocoeval.py, computeOks).
    if (isNumbers(keypoints) && (keypoints.length === 0 || (keypoints.length === size && size % 3 === 0))) {
      this.#points().set(keypoints, of.index * size);
      return;
    }
    const expected =
      size % 3 === 0 && size > 0 ? `${size} numbers: x, y, v of each point` : 'x, y, v of each point';
    throw wrongField(of, { name: 'keypoints', value: keypoints, expected });
  }

  /** How many numbers the keypoints of an annotation are. */
  #size(): number {
    const first = this.#lists.find((one) => Array.isArray(one) && one.length > 0);
    return Array.isArray(first) ? first.length : 0;
  }

  #points(): Float64Array {
    if (this.#keypoints) return this.#keypoints;
    const numbers = this.#size() * this.#lists.length;
    if (numbers > mostNumbers) {
      throw new CocoEvalError('INVALID_ANNOTATIONS', `All keypoints together are ${numbers} numbers.`, {
        value: numbers,
        next: `At most ${mostNumbers} fit; evaluate fewer annotations at once.`,
      });
    }
    this.#keypoints = new Float64Array(numbers);
    return this.#keypoints;
  }
}
