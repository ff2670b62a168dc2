// A data set in a file looked over.

import type { DatasetInspection } from '../inspect/dataset-inspector.ts';
import { readInspection } from '../inspect/inspect-dataset.ts';
import { naming, piecesOf, type ReadFileOptions } from './read-file.ts';

/**
 * Counts what is in a file in COCO's format and names what is wrong with it; the file may be of any size.
 *
 * @throws CocoEvalError `FILE_NOT_FOUND`, `INVALID_JSON`, `INVALID_ANNOTATIONS`, `ABORTED`; the message names the file
 */
export function inspectDatasetFile(
  path: string | URL,
  options: Pick<ReadFileOptions, 'signal' | 'onProgress'> = {},
): Promise<DatasetInspection> {
  return naming(path, () => readInspection(piecesOf(path, options)));
}
