// A picture that the user named, and how it is read when its turn comes.

import { basename } from 'node:path';
import { type ImageInput, type Pixels, type ReadImageOptions, readImage } from 'ssdlite/node';

export interface PictureSource {
  /** As the user named it, or as it was found in a folder that the user named. */
  readonly name: string;
  /** Its name without folders, for output. */
  readonly fileName: string;
  /** Where it is, if it is a file. */
  readonly path?: string;
  /** What detectors take, where it is there at all. */
  readonly input?: ImageInput;
  /** @throws SsdliteError what `readImage` throws, or what is wrong with how it was named */
  readonly read: (options: ReadImageOptions) => Promise<Pixels>;
}

/** A picture in a file. */
export function fileSource({ name, path }: { readonly name: string; readonly path: string }): PictureSource {
  return { name, path, fileName: basename(path), input: path, read: (options) => readImage(path, options) };
}

/** A picture behind a URL, or in a stream. */
export function inputSource({
  name,
  fileName,
  input,
}: {
  readonly name: string;
  readonly fileName: string;
  readonly input: ImageInput;
}): PictureSource {
  return { name, fileName, input, read: (options) => readImage(input, options) };
}

/** A picture that is not there: its error comes when its turn comes, so that the others are done. */
export function brokenSource(name: string, error: unknown): PictureSource {
  return { name, fileName: basename(name), read: () => Promise.reject(error) };
}
