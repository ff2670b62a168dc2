// Pictures that detection writes: those with boxes on them, and those of single objects.

import { realpath } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';
import type { PictureSource as OpenedPicture, Pixels } from 'ssdlite';
import type { Drawable } from 'ssdlite/draw';
import { type CommandIo, pathFrom } from '../command-io.ts';
import type { PictureSource } from '../inputs/picture-source.ts';
import type { Annotator } from '../output/annotate.ts';
import type { crops } from '../output/crop.ts';
import { onDrawn, readToDraw } from '../output/drawn-size.ts';
import { outputName } from '../output/picture-format.ts';
import { uniqueNames } from '../output/unique-names.ts';
import { makeOutputFolder, writeWholeFile } from '../output/whole-file.ts';

export interface PictureFolders {
  readonly out?: string;
  readonly crops?: string;
}

/** What draws and cuts: loaded only if something is to be written, for it takes a native library. */
interface Tools {
  readonly annotator?: Annotator;
  readonly crops?: typeof crops;
}

export class PictureFiles {
  readonly #io: Pick<CommandIo, 'cwd'>;
  readonly #folders: PictureFolders;
  /** By place of the picture in the list. */
  readonly #names: readonly string[];
  readonly #cropNames: readonly string[];
  #tools: Tools = {};

  private constructor(
    folders: PictureFolders,
    { names, io }: { readonly names: readonly string[]; readonly io: Pick<CommandIo, 'cwd'> },
  ) {
    this.#io = io;
    this.#folders = folders;
    this.#names = uniqueNames(names);
    // a.jpg and a.png differ, but a-1-dog.jpg is one name: stems must differ.
    const stems = uniqueNames(names.map((name) => name.slice(0, name.length - extname(name).length)));
    this.#cropNames = stems.map((stem, index) => stem + extname(names[index] ?? ''));
  }

  /**
   * Decides under which names pictures are written.
   *
   * @throws SsdliteError `INVALID_ARGUMENT` if one would replace a picture that is read
   */
  static async plan(
    sources: readonly PictureSource[],
    { folders, io }: { readonly folders: PictureFolders; readonly io: Pick<CommandIo, 'cwd'> },
  ): Promise<PictureFiles> {
    const { out, crops } = folders;
    if (out !== undefined && crops !== undefined && resolve(io.cwd, out) === resolve(io.cwd, crops)) {
      throw new SsdliteError('INVALID_ARGUMENT', `--out and --crops are the same folder, '${out}'.`, {
        value: out,
        next: 'Choose two: their files may have the same names.',
      });
    }
    const files = new PictureFiles(folders, {
      names: sources.map(({ fileName }) => outputName(fileName)),
      io,
    });
    if (out !== undefined) await files.#refuseToReplace(sources, out);
    return files;
  }

  /** Whether anything is to be written. */
  get used(): boolean {
    return this.#folders.out !== undefined || this.#folders.crops !== undefined;
  }

  /** @throws SsdliteError `WRITE_FAILED` if a folder cannot be made or written */
  async open(): Promise<void> {
    const { out, crops } = this.#folders;
    for (const folder of [out, crops]) {
      if (folder !== undefined) await makeOutputFolder(pathFrom(this.#io, folder));
    }
    this.#tools = {
      ...(out !== undefined && { annotator: new (await import('../output/annotate.ts')).Annotator() }),
      ...(crops !== undefined && { crops: (await import('../output/crop.ts')).crops }),
    };
  }

  /**
   * @returns how many pixels of the picture lie on each side of one that was drawn: 1, unless it is too large
   * @throws SsdliteError `WRITE_FAILED`
   */
  async write(
    picture: Pixels | OpenedPicture,
    { detections, index }: { readonly detections: readonly Drawable[]; readonly index: number },
  ): Promise<{ readonly step: number }> {
    const { out, crops: cropFolder } = this.#folders;
    const { annotator, crops } = this.#tools;
    let step = 1;
    if (annotator && out !== undefined) {
      const name = this.#names[index] ?? '';
      const drawn = 'data' in picture ? { pixels: picture, step: 1 } : await readToDraw(picture);
      step = drawn.step;
      const bytes = await annotator.annotate(drawn.pixels, {
        detections: detections.map((found) => onDrawn(found, drawn.step)),
        name,
      });
      await writeWholeFile(pathFrom(this.#io, join(out, name)), bytes);
    }
    if (crops && cropFolder !== undefined) {
      for await (const { name, bytes } of crops(picture, {
        detections,
        name: this.#cropNames[index] ?? '',
      })) {
        await writeWholeFile(pathFrom(this.#io, join(cropFolder, name)), bytes);
      }
    }
    return { step };
  }

  async #refuseToReplace(sources: readonly PictureSource[], out: string): Promise<void> {
    const folder = await realpath(resolve(this.#io.cwd, out)).catch(() => undefined);
    if (folder === undefined) return; // not there yet, so neither is a picture
    const written = new Set(this.#names.map((name) => join(folder, name)));
    for (const { path, name } of sources) {
      if (path === undefined) continue;
      const real = await realpath(resolve(this.#io.cwd, path)).catch(() => undefined);
      if (real === undefined || !written.has(real)) continue;
      throw new SsdliteError(
        'INVALID_ARGUMENT',
        `--out ${out} would replace '${name}', which is to be read.`,
        {
          value: out,
          next: 'Choose another folder.',
        },
      );
    }
  }
}
