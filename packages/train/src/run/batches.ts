// The order in which a run sees its pictures: shuffled every epoch, the next ones made while the device works, broken ones left out.

import { SsdliteError } from '@ssdlite/layers';
import { orderedResults } from 'ssdlite';
import { seededRandom, shuffled } from '../augment/random.ts';
import type { Dataset, Sample } from '../sample.ts';

/** Where a run stands in its data: what comes next. It is JSON. */
export interface BatchPlace {
  /** From 0. */
  readonly epoch: number;
  /** Place in the epoch's order, from 0. */
  readonly next: number;
}

export interface Batch {
  readonly samples: readonly Sample[];
  /** What comes after it. */
  readonly place: BatchPlace;
}

/** A picture that was left out. */
export interface SkippedPicture {
  /** Number in the data set. */
  readonly index: number;
  readonly error: SsdliteError;
}

export interface BatchesOptions {
  readonly batchSize: number;
  /** Of the order. */
  readonly seed: number;
  /** Default: the start. */
  readonly from?: BatchPlace;
  readonly signal?: AbortSignal | undefined;
  /** Samples that are made at once, besides those of the batch in hand. Default: two batches. */
  readonly ahead?: number;
  /** Called once for each picture that cannot be read. */
  readonly onSkip?: (picture: SkippedPicture) => void;
}

/** Errors that concern one picture only. */
const ofOnePicture: readonly string[] = [
  'IMAGE_NOT_FOUND',
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  'FETCH_FAILED',
];

/** Pictures that may be broken, whatever their share. */
const fewBroken = 3;

/** Share of the pictures that may be broken. */
const mostBroken = 0.1;

/**
 * Batches without end: one epoch after the other, each in an order of its own. A batch goes on into the next epoch where one ends, so that
 * all are full. With the same seed and place the same batches come.
 *
 * @throws SsdliteError `DATASET_INVALID` if more than three pictures and a tenth of all cannot be read; `ABORTED`
 */
export async function* batches(
  dataset: Dataset,
  { batchSize, seed, from = { epoch: 0, next: 0 }, signal, ahead = 2 * batchSize, onSkip }: BatchesOptions,
): AsyncGenerator<Batch, void, void> {
  checkSizes(dataset, batchSize);
  const broken = new Map<number, SsdliteError>();
  let samples: Sample[] = [];
  const results = orderedResults(turns(dataset.length, { seed, from, signal }), {
    ahead,
    task: ({ index, epoch }) => dataset.sample(index, { epoch, signal }),
  });
  for await (const { input: turn, outcome } of results) {
    if (signal?.aborted) return;
    if (outcome.status === 'fulfilled') samples.push(outcome.value);
    else {
      const error = onePictures(outcome.reason);
      if (!broken.has(turn.index)) onSkip?.({ index: turn.index, error });
      broken.set(turn.index, error);
      checkBroken(broken, dataset.length);
    }
    if (samples.length < batchSize) continue;
    yield { samples, place: after(turn, dataset.length) };
    samples = [];
  }
}

interface Turn {
  readonly epoch: number;
  readonly place: number;
  readonly index: number;
}

function* turns(
  length: number,
  { seed, from, signal }: { seed: number; from: BatchPlace; signal: AbortSignal | undefined },
): Generator<Turn, void, void> {
  for (let { epoch, next } = from; ; epoch++, next = 0) {
    const order = shuffled(length, seededRandom(seed, epoch));
    for (let place = next; place < length; place++) {
      if (signal?.aborted) return;
      yield { epoch, place, index: order[place] as number };
    }
  }
}

function after({ epoch, place }: Turn, length: number): BatchPlace {
  return place + 1 < length ? { epoch, next: place + 1 } : { epoch: epoch + 1, next: 0 };
}

/** @throws what was thrown, if it is no picture's own error */
function onePictures(reason: unknown): SsdliteError {
  if (reason instanceof SsdliteError && ofOnePicture.includes(reason.code)) return reason;
  throw reason;
}

function checkSizes({ length }: Dataset, batchSize: number): void {
  if (length === 0) {
    throw new SsdliteError('DATASET_INVALID', 'The data set has no picture.', {
      value: length,
      next: 'Name annotations with pictures.',
    });
  }
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new SsdliteError('INVALID_ARGUMENT', `The batch size is ${batchSize}.`, {
    value: batchSize,
    next: 'Pass a whole number of at least 1.',
  });
}

function checkBroken(broken: ReadonlyMap<number, SsdliteError>, length: number): void {
  if (broken.size < length && broken.size <= Math.max(fewBroken, length * mostBroken)) return;
  const [first] = broken.values();
  throw new SsdliteError(
    'DATASET_INVALID',
    `${broken.size} of ${length} pictures cannot be read; the first: ${first?.message}`,
    {
      value: broken.size,
      next: 'Check the folder of pictures, and mend or remove those that are broken.',
      cause: first,
    },
  );
}
