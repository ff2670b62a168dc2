// The pictures of annotations, in a folder.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroundTruth } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import type { TuneImage } from '../sights.ts';

/** A picture that is there. */
export interface AnnotatedPicture extends TuneImage {
  readonly path: string;
  /** As the annotations call it. */
  readonly fileName: string;
}

export interface AnnotatedPictures {
  readonly pictures: readonly AnnotatedPicture[];
  /** Names of pictures that the folder does not have. */
  readonly missing: readonly string[];
}

/**
 * Finds the pictures that the annotations name.
 *
 * @param options.folder where they are, under their `file_name`
 * @param options.network tells networks apart, for the keys: the digest of the weights
 * @throws SsdliteError `IMAGE_NOT_FOUND` if none of them is there
 */
export async function annotatedPictures(
  { images }: Pick<GroundTruth, 'images'>,
  { folder, network }: { readonly folder: string; readonly network: string },
): Promise<AnnotatedPictures> {
  const pictures: AnnotatedPicture[] = [];
  const missing: string[] = [];
  for (const { id, file_name: fileName = `${id}.jpg` } of images) {
    const path = join(folder, fileName);
    const there = await stat(path).catch(() => undefined);
    if (!there?.isFile()) {
      missing.push(fileName);
      continue;
    }
    // Another size or time is another picture.
    const identity = [network, path, there.size, there.mtimeMs].join('\n');
    const key = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    pictures.push({ id, key, path, fileName });
  }
  if (pictures.length > 0) return { pictures, missing };
  throw new SsdliteError(
    'IMAGE_NOT_FOUND',
    `'${folder}' has none of the ${images.length} annotated pictures.`,
    {
      value: folder,
      next: `Name the folder with the files that the annotations call ${missing.slice(0, 2).join(', ')}, ...`,
    },
  );
}
