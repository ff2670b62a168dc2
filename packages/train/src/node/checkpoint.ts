// A run's state in one file, so that it can go on as if it had never stopped.

import { readFile } from 'node:fs/promises';
import { decodeWeights, JsonValue, parseSafetensors, SsdliteError, writeSafetensors } from '@ssdlite/layers';
import type { BatchPlace } from '../run/batches.ts';
import type { TrainerState } from '../trainer.ts';
import { writeDurably } from './write-durably.ts';

/** Everything that a run's future depends on besides its configuration and data. */
export interface Checkpoint {
  readonly state: TrainerState;
  /** The data that come next. */
  readonly place: BatchPlace;
  /** The best validation so far. */
  readonly best: BestValidation | undefined;
  /** Spent on the run until here. */
  readonly seconds: number;
}

export interface BestValidation {
  readonly step: number;
  readonly AP: number;
}

const format = 'ssdlite-checkpoint/1';

/** @throws SsdliteError `WRITE_FAILED`; the checkpoint before is still there then */
export async function writeCheckpoint(path: string, { state, ...rest }: Checkpoint): Promise<void> {
  const tensors = new Map(
    [...state.tensors].map(([name, { shape, data }]) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return [name, { dtype: 'F32' as const, shape, bytes }];
    }),
  );
  const run = JSON.stringify({ ...rest, step: state.step });
  await writeDurably(path, writeSafetensors({ tensors, metadata: { format, run } }));
}

/**
 * Reads a checkpoint.
 *
 * @returns undefined if there is none
 * @throws SsdliteError `WEIGHTS_DAMAGED`, `WEIGHTS_UNSUPPORTED`
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  const { tensors, metadata } = parseSafetensors(bytes);
  if (metadata.format !== format) {
    throw new SsdliteError('WEIGHTS_UNSUPPORTED', `'${path}' is no checkpoint of a run.`, {
      value: metadata.format,
      next: `This version reads '${format}'.`,
    });
  }
  const run = new JsonValue(JSON.parse(metadata.run ?? 'null'), { document: `The checkpoint '${path}'` });
  const best = run.get('best');
  return {
    state: { step: run.get('step').integer(0), tensors: decodeWeights(tensors) },
    place: { epoch: run.get('place').get('epoch').integer(0), next: run.get('place').get('next').integer(0) },
    best: best.present ? { step: best.get('step').integer(0), AP: best.get('AP').number() } : undefined,
    seconds: run.get('seconds').number(),
  };
}
