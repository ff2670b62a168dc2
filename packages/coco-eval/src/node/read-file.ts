// Annotations and results from files of any size: they are streamed, as Node cannot hold texts above half a gigabyte.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { readGroundTruth } from '../data/ground-truth.ts';
import type { GroundTruth, LoadOptions, Results } from '../data/loaded.ts';
import { readResults } from '../data/results.ts';
import { CocoEvalError, placed } from '../error.ts';

export interface ReadFileOptions extends LoadOptions {
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Called after every piece of some megabyte; the total is 0 where nobody knows it, as of pipes. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** Large enough that asking for pieces costs nothing. */
const pieceBytes = 2 ** 20;

/**
 * Annotations in COCO's format from a file; one that ends in `.gz` is unzipped.
 *
 * @throws CocoEvalError `FILE_NOT_FOUND`, `INVALID_JSON`, `INVALID_ANNOTATIONS`, `ABORTED`; the message names the file
 */
export async function readGroundTruthFile(
  path: string | URL,
  options: ReadFileOptions,
): Promise<GroundTruth> {
  return await naming(path, () => readGroundTruth(piecesOf(path, options), options));
}

/**
 * Detections in COCO's results format from a file; one that ends in `.gz` is unzipped.
 *
 * @throws CocoEvalError `FILE_NOT_FOUND`, `INVALID_JSON`, `INVALID_RESULTS`, `ABORTED`; the message names the file
 */
export async function readResultsFile(
  path: string | URL,
  groundTruth: GroundTruth,
  options: ReadFileOptions,
): Promise<Results> {
  return await naming(path, () => readResults(piecesOf(path, options), groundTruth, options));
}

/** The bytes of a file, unzipped if its name ends in `.gz`. */
export async function* piecesOf(
  path: string | URL,
  { signal, onProgress }: Pick<ReadFileOptions, 'signal' | 'onProgress'>,
): AsyncGenerator<Uint8Array> {
  try {
    const { size, isFile } = await sizeOf(path);
    const file = createReadStream(path, { highWaterMark: pieceBytes, ...(signal && { signal }) });
    const pieces: AsyncIterable<Uint8Array> = String(path).endsWith('.gz')
      ? pipeline(file, createGunzip({ chunkSize: pieceBytes }), () => {})
      : file;
    for await (const piece of pieces) {
      yield piece;
      onProgress?.(file.bytesRead, isFile ? size : 0);
    }
  } catch (cause) {
    throw signal?.aborted ? aborted(path, cause) : unreadable(path, cause);
  }
}

async function sizeOf(path: string | URL): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const there = await stat(path);
  return { size: there.size, isFile: there.isFile() };
}

function aborted(path: string | URL, cause: unknown): CocoEvalError {
  return new CocoEvalError('ABORTED', 'The call was aborted.', {
    value: String(path),
    next: 'Call again.',
    cause,
  });
}

function unreadable(path: string | URL, cause: unknown): CocoEvalError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const [why, next] = reasons[code] ?? [code || String(cause), 'See the cause of this error.'];
  return new CocoEvalError('FILE_NOT_FOUND', `It cannot be read: ${why}.`, {
    value: String(path),
    next,
    cause,
  });
}

const reasons: Readonly<Record<string, readonly [why: string, next: string]>> = {
  ENOENT: ['there is no such file', 'Check the path.'],
  ENOTDIR: ['there is no such folder', 'Check the path.'],
  EISDIR: ['it is a folder', 'Name the JSON file in it.'],
  EACCES: ['there is no permission to', 'Get the permission, or copy it.'],
  EPERM: ['there is no permission to', 'Get the permission, or copy it.'],
  Z_DATA_ERROR: ['it is not what its name says, gzip, or damaged', 'Compress it again, or rename it.'],
  Z_BUF_ERROR: ['its compressed data end early', 'Compress it again.'],
};

/** Errors with the path in front. */
export async function naming<T>(path: string | URL, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof CocoEvalError ? placed(error, String(path)) : error;
  }
}
