// The pictures of a data set beside what the annotations say of them.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type AnnotatedImage, type DatasetProblem, ProblemList } from '@ssdlite/coco-eval';
import { readImage } from 'ssdlite/node';
import { pictureSize } from '../annotations/picture-size.ts';
import { type CommandIo, pathFrom } from '../command-io.ts';
import { fileSource } from '../inputs/picture-source.ts';
import { picturesInFolder } from '../inputs/pictures-in-folder.ts';
import { runPictures } from '../picture-run.ts';
import type { Session } from '../session.ts';

export interface CheckPicturesOptions {
  readonly session: Session;
  /** Folder of the pictures, as the user named it. */
  readonly folder: string;
  /** Also decode every picture, to its end. */
  readonly decode: boolean;
  readonly quiet: boolean;
}

const kinds = {
  missing: ['PICTURE_MISSING', 'error', 'pictures that are not in the folder'],
  unreadable: ['PICTURE_UNREADABLE', 'error', 'pictures that cannot be read'],
  size: ['PICTURE_SIZE', 'error', 'pictures of another size than the annotations say'],
  duplicate: ['PICTURE_DUPLICATE', 'note', 'pictures that are another, byte for byte'],
  unlisted: ['PICTURE_UNLISTED', 'note', 'pictures in the folder that are not in the annotations'],
} as const;

/** What is seen of a picture. */
interface Seen {
  readonly hash: string;
  readonly width: number;
  readonly height: number;
}

/** Looks every picture up: is it there, can it be read, has it the size that is said, is it there twice? */
export async function checkPictures(
  images: readonly AnnotatedImage[],
  { session, folder, decode, quiet }: CheckPicturesOptions,
): Promise<DatasetProblem[]> {
  const { io } = session;
  const root = pathFrom(io, folder);
  const problems = new ProblemList();
  const add = (kind: keyof typeof kinds, example: string): void => {
    const [code, severity, what] = kinds[kind];
    problems.addOther({ code, severity, what }, () => example);
  };
  const named = images.filter(({ name }) => name !== undefined);
  const nameByHash = new Map<string, string>();
  await runPictures(
    named.map(({ name = '' }) => fileSource({ name, path: join(root, name) })),
    {
      session,
      quiet,
      task: ({ source: { path = '' } }) => look(path, { decode, io }),
      async done(seen, { source: { name }, index }) {
        if (seen === 'missing') add('missing', name);
        else if (seen instanceof Error) add('unreadable', `${name}: ${seen.message}`);
        else {
          const { width = seen.width, height = seen.height } = named[index] ?? {};
          if (width !== seen.width || height !== seen.height) {
            add('size', `${name}: ${seen.width} x ${seen.height}, not ${width} x ${height}`);
          }
          const other = nameByHash.get(seen.hash);
          if (other === undefined) nameByHash.set(seen.hash, name);
          else add('duplicate', `${name} and ${other}`);
        }
      },
      async failed() {},
    },
  );
  const known = new Set(named.map(({ name = '' }) => join(root, name)));
  for (const path of await picturesInFolder(root, { recursive: true })) {
    if (!known.has(path)) add('unlisted', relative(root, path));
  }
  return problems.list();
}

async function look(
  path: string,
  { decode, io }: { readonly decode: boolean; readonly io: CommandIo },
): Promise<Seen | 'missing' | Error> {
  const bytes = await readFile(path, { signal: io.signal }).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) {
    if (io.signal.aborted) throw bytes;
    return bytes.code === 'ENOENT' ? 'missing' : bytes;
  }
  try {
    const { width, height } = decode
      ? await readImage(bytes, { signal: io.signal })
      : await pictureSize(path);
    return { width, height, hash: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    if (io.signal.aborted) throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
}
