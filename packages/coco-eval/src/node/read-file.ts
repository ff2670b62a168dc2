// Annotations and results from files of any size: they are streamed, as Node cannot hold texts above half a gigabyte.

import { createReadStream } from 'node:fs';
import { type GroundTruth, type LoadOptions, readGroundTruth } from '../data/ground-truth.ts';
import { type Results, readResults } from '../data/results.ts';
import { CocoEvalError, placed } from '../error.ts';

/** Large enough that asking for pieces costs nothing. */
const pieceBytes = 2 ** 20;

/**
 * Annotations in COCO's format from a file.
 *
 * @throws CocoEvalError `FILE_NOT_FOUND`, `INVALID_JSON`, `INVALID_ANNOTATIONS`; the message names the file
 */
export async function readGroundTruthFile(path: string | URL, options: LoadOptions): Promise<GroundTruth> {
  return await naming(path, () => readGroundTruth(piecesOf(path), options));
}

/**
 * Detections in COCO's results format from a file.
 *
 * @throws CocoEvalError `FILE_NOT_FOUND`, `INVALID_JSON`, `INVALID_RESULTS`; the message names the file
 */
export async function readResultsFile(
  path: string | URL,
  groundTruth: GroundTruth,
  options: LoadOptions,
): Promise<Results> {
  return await naming(path, () => readResults(piecesOf(path), groundTruth, options));
}

async function* piecesOf(path: string | URL): AsyncGenerator<Uint8Array> {
  try {
    const pieces: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: pieceBytes });
    yield* pieces;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const [why, next] = reasons[code] ?? [code || String(cause), 'See the cause of this error.'];
    throw new CocoEvalError('FILE_NOT_FOUND', `It cannot be read: ${why}.`, {
      value: String(path),
      next,
      cause,
    });
  }
}

const reasons: Readonly<Record<string, readonly [why: string, next: string]>> = {
  ENOENT: ['there is no such file', 'Check the path.'],
  ENOTDIR: ['there is no such folder', 'Check the path.'],
  EISDIR: ['it is a folder', 'Name the JSON file in it.'],
  EACCES: ['there is no permission to', 'Get the permission, or copy it.'],
  EPERM: ['there is no permission to', 'Get the permission, or copy it.'],
};

/** Errors with the path in front. */
async function naming<T>(path: string | URL, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof CocoEvalError ? placed(error, String(path)) : error;
  }
}
