// The pictures of a data set in their folder.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CocoImage } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import type { CommandIo } from '../command-io.ts';
import { imagesFolder } from '../inputs/images-folder.ts';
import { fileSource, type PictureSource } from '../inputs/picture-source.ts';

/** A picture of the annotations, and where it is. */
export interface EvaluationPicture {
  readonly image: CocoImage;
  readonly source: PictureSource;
}

export interface FindPicturesOptions {
  /** The folder as the user named it. */
  readonly folder: string;
  readonly io: Pick<CommandIo, 'cwd'>;
  /** Leave out those that are not there, instead of refusing. */
  readonly presentOnly: boolean;
}

/**
 * The pictures of all images, in their order.
 *
 * @throws SsdliteError `IMAGE_NOT_FOUND` if some are not there, for they would count as pictures on which nothing is found;
 *   `INVALID_ARGUMENT` if an image has no file name
 */
export async function findPictures(
  images: readonly CocoImage[],
  { folder, io, presentOnly }: FindPicturesOptions,
): Promise<EvaluationPicture[]> {
  const root = await imagesFolder(folder, io);
  const found: EvaluationPicture[] = [];
  const missing: string[] = [];
  for (const image of images) {
    const { id, file_name: name } = image;
    if (name === undefined) {
      throw new SsdliteError('INVALID_ARGUMENT', `The image ${id} of the annotations has no file_name.`, {
        value: id,
        next: 'Add it: it is the path of the picture from the folder.',
      });
    }
    const path = join(root, name);
    if (await isFile(path)) found.push({ image, source: fileSource({ name, path }) });
    else missing.push(name);
  }
  if (missing.length === 0 || (presentOnly && found.length > 0)) return found;
  const [first = ''] = missing;
  throw new SsdliteError(
    'IMAGE_NOT_FOUND',
    `Of the ${images.length} pictures of the annotations ${missing.length} are not in '${folder}', as '${first}'.`,
    {
      value: first,
      next:
        found.length > 0
          ? 'Add --present-only to evaluate those that are there.'
          : 'Are the annotations of other pictures, or their names paths from another folder?',
    },
  );
}

async function isFile(path: string): Promise<boolean> {
  return Boolean((await stat(path).catch(() => undefined))?.isFile());
}
