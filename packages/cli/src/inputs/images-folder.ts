// The folder of `--images`.

import { stat } from 'node:fs/promises';
import { SsdliteError } from '@ssdlite/layers';
import { type CommandIo, pathFrom } from '../command-io.ts';

/**
 * Its path.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if it is not there
 */
export async function imagesFolder(images: string, io: Pick<CommandIo, 'cwd'>): Promise<string> {
  const path = pathFrom(io, images);
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) return path;
  throw new SsdliteError('INVALID_ARGUMENT', `--images: there is no folder '${images}'.`, {
    value: images,
    next: 'Name the folder of the pictures.',
  });
}
