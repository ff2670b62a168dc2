// Annotations in whatever format the user has them: COCO's JSON, a folder of YOLO's text files, a folder of Pascal VOC's XML files.

import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import {
  type DatasetInspection,
  type GroundTruth,
  inspectDataset,
  inspectDatasetFile,
  loadGroundTruth,
  readGroundTruthFile,
} from '@ssdlite/coco-eval/node';
import { SsdliteError } from '@ssdlite/layers';
import { type CommandIo, pathFrom } from '../command-io.ts';
import { imagesFolder } from '../inputs/images-folder.ts';
import { picturesInFolder } from '../inputs/pictures-in-folder.ts';
import { isNamesFile, readNames } from './class-names.ts';
import { type ConvertedAnnotations, soundDataset } from './converted-annotations.ts';
import { pictureSize } from './picture-size.ts';
import { readVoc } from './voc-annotations.ts';
import { readYolo } from './yolo-annotations.ts';

export type AnnotationFormat = 'COCO' | 'YOLO' | 'Pascal VOC';

/** Where annotations are, as the user named it. */
export interface AnnotationPlace {
  readonly annotations: string;
  /** Folder of the pictures; YOLO and VOC need it. */
  readonly images: string | undefined;
  /** File with the names of YOLO's classes. */
  readonly names: string | undefined;
  readonly io: Pick<CommandIo, 'cwd' | 'signal'>;
}

/**
 * Annotations to evaluate with.
 *
 * @throws CocoEvalError or SsdliteError naming what cannot be used
 */
export async function readTruth(place: AnnotationPlace): Promise<GroundTruth> {
  const source = await findSource(place);
  if (source.format === 'COCO') {
    return readGroundTruthFile(source.path, { type: 'bbox', signal: place.io.signal });
  }
  const converted = await convert(source, place);
  const dataset = soundDataset(converted);
  if (converted.isNamed) return loadGroundTruth(dataset, { type: 'bbox' });
  throw new SsdliteError('INVALID_ARGUMENT', `The classes in '${place.annotations}' have no names.`, {
    value: place.annotations,
    next: 'Add --names FILE: a text file with a class a line, or a YAML file with "names".',
  });
}

/** Annotations looked over. */
export async function inspectAnnotations(
  place: AnnotationPlace,
): Promise<DatasetInspection & { readonly format: AnnotationFormat }> {
  const source = await findSource(place);
  if (source.format === 'COCO') {
    return { format: 'COCO', ...(await inspectDatasetFile(source.path, { signal: place.io.signal })) };
  }
  const { dataset, problems } = await convert(source, place);
  return { format: source.format, ...inspectDataset(dataset, problems) };
}

type Source =
  | { readonly format: 'COCO'; readonly path: string }
  | {
      readonly format: Exclude<AnnotationFormat, 'COCO'>;
      readonly path: string;
      readonly files: readonly string[];
    };

async function findSource(place: AnnotationPlace): Promise<Source> {
  const source = await sourceAt(place);
  if (place.names === undefined || source.format === 'YOLO') return source;
  throw new SsdliteError(
    'INVALID_ARGUMENT',
    `--names is given, but ${source.format} annotations hold names.`,
    {
      value: place.names,
      next: "Leave it out: it is for YOLO's label files.",
    },
  );
}

async function sourceAt({ annotations, io }: AnnotationPlace): Promise<Source> {
  const path = pathFrom(io, annotations);
  const there = await stat(path).catch(() => undefined);
  // Whatever is no folder is read as COCO's: its reader says what is wrong with it.
  if (!there?.isDirectory()) return { format: 'COCO', path };
  const names = (await readdir(path, { recursive: true })).sort();
  const filesOf = (extension: string): string[] =>
    names
      .filter((name) => name.toLowerCase().endsWith(extension) && !isNamesFile(name))
      .map((name) => join(path, name));
  const [xml, txt] = [filesOf('.xml'), filesOf('.txt')];
  if (xml.length > 0) return { format: 'Pascal VOC', path, files: xml };
  if (txt.length > 0) return { format: 'YOLO', path, files: txt };
  throw new SsdliteError('INVALID_ARGUMENT', `The folder '${annotations}' holds no annotations.`, {
    value: annotations,
    next: "Name COCO's JSON file, or a folder of YOLO's .txt or Pascal VOC's .xml files.",
  });
}

async function convert(
  { format, path, files }: Exclude<Source, { readonly format: 'COCO' }>,
  { images, names, io }: AnnotationPlace,
): Promise<ConvertedAnnotations> {
  if (images === undefined) {
    throw new SsdliteError('INVALID_ARGUMENT', `${format} annotations need the folder of their pictures.`, {
      next: 'Add --images DIR.',
    });
  }
  const folder = await imagesFolder(images, io);
  const paths = await picturesInFolder(folder, { recursive: true });
  const pictures = [];
  for (const picture of paths) {
    io.signal.throwIfAborted();
    const size = await pictureSize(picture).catch(() => undefined);
    // One that cannot be read is not there: its label file will say so.
    if (size) pictures.push({ name: relative(folder, picture).replaceAll('\\', '/'), ...size });
  }
  if (format === 'Pascal VOC') return readVoc(files, { folder: path, pictures });
  const known = await readNames({ path: names && pathFrom(io, names), folder: path });
  return readYolo(files, { folder: path, pictures, names: known });
}
