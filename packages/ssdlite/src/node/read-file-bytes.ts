// The bytes of a file, with its failures named.

import { type FileHandle, open } from 'node:fs/promises';
import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted } from '../abort.ts';
import { type CollectBytesOptions, collectBytes } from './collect-bytes.ts';

/**
 * Reads a file. Devices and pipes, which have no size of their own, are read up to `maxBytes`.
 *
 * @throws SsdliteError `IMAGE_NOT_FOUND`, `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, `INVALID_ARGUMENT`, `ABORTED`
 */
export async function readFileBytes(path: string, options: CollectBytesOptions): Promise<Uint8Array> {
  const { name, signal } = options;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    checkNotAborted(signal);
    if (stats.isDirectory()) {
      throw new SsdliteError('IMAGE_NOT_FOUND', `${name} is a folder, not a picture.`, {
        value: path,
        next: 'Pass the path of a file in it.',
      });
    }
    if (stats.isFile()) return await handle.readFile(signal ? { signal } : {});
    return await collectBytes(handle.createReadStream({ autoClose: false }), options);
  } catch (error) {
    checkNotAborted(signal);
    throw fileError(error, name);
  } finally {
    await handle?.close().catch(() => {});
  }
}

/** The error of a file or stream that failed, by the system's code for it. */
export function fileError(cause: unknown, name: string): SsdliteError {
  if (cause instanceof SsdliteError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new SsdliteError('IMAGE_NOT_FOUND', `${name} does not exist.`, {
        next: 'Check the path; relative ones start at the current folder.',
        cause,
      });
    case 'EACCES':
    case 'EPERM':
      return new SsdliteError('IMAGE_UNREADABLE', `${name} may not be read (${code}).`, {
        next: 'Give this user the permission to read it.',
        cause,
      });
    case 'ERR_FS_FILE_TOO_LARGE':
      return new SsdliteError('IMAGE_TOO_LARGE', `${name} is larger than 2 GiB.`, {
        next: 'Pass a picture, or a smaller one.',
        cause,
      });
    case 'ERR_INVALID_ARG_VALUE':
      return new SsdliteError('INVALID_ARGUMENT', `${JSON.stringify(name)} is not a path.`, {
        next: 'Pass a path without null bytes.',
        cause,
      });
    default: {
      const why = code || (cause instanceof Error ? cause.message : String(cause));
      return new SsdliteError('IMAGE_UNREADABLE', `${name} could not be read (${why}).`, {
        next: 'See the cause of this error.',
        cause,
      });
    }
  }
}
