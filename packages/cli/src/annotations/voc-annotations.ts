// Pascal VOC's annotations: an XML file a picture (The PASCAL VOC 2012 Development Kit, section 5).

import { readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { type CocoAnnotation, ProblemList } from '@ssdlite/coco-eval';
import { cocoImageIds } from '../output/coco-image-ids.ts';
import {
  type AnnotatedPicture,
  addBrokenLabel,
  addLonelyLabel,
  type ConvertedAnnotations,
} from './converted-annotations.ts';

interface VocObject {
  readonly name: string;
  readonly isDifficult: boolean;
  /** Left, top, right, bottom, as written. */
  readonly corners: readonly [number, number, number, number];
}

interface VocFile {
  readonly file: string;
  readonly picture: AnnotatedPicture;
  readonly objects: readonly VocObject[];
}

/**
 * Converts a folder of XML files. Corners are pixels counted from 1, the last one included, as VOC defines them: a box is left - 1,
 * top - 1, right - left + 1, bottom - top + 1. If any corner is 0 the files were written by a tool that counts from 0, and a box is left,
 * top, right - left, bottom - top. Objects that are marked as difficult become crowds: they need not be found.
 *
 * @param files paths of the XML files
 * @param options.folder where they are, for messages
 * @param options.pictures the pictures that are there
 */
export async function readVoc(
  files: readonly string[],
  { folder, pictures }: { readonly folder: string; readonly pictures: readonly AnnotatedPicture[] },
): Promise<ConvertedAnnotations> {
  const problems = new ProblemList();
  const byName = new Map(pictures.map((picture) => [basename(picture.name), picture]));
  const byStem = new Map(pictures.map((picture) => [stemOf(picture.name), picture]));
  const read: VocFile[] = [];
  for (const path of files) {
    const file = relative(folder, path);
    const broken = (what: string): void => addBrokenLabel(problems, () => `${file}: ${what}`);
    const root = parse(await readFile(path, 'utf8'), broken);
    if (!root) continue;
    const name = textOf(root, 'filename') ?? '';
    const picture = byName.get(basename(name)) ?? byStem.get(stemOf(file));
    if (!picture) addLonelyLabel(problems, () => `${file}: ${name || 'no filename'}`);
    else read.push({ file, picture, objects: objectsOf(root, broken) });
  }
  const isFromZero = read.some(({ objects }) =>
    objects.some(({ corners }) => corners[0] < 1 || corners[1] < 1),
  );
  const names = [...new Set(read.flatMap(({ objects }) => objects.map(({ name }) => name)))].sort();
  const categoryIds = new Map(names.map((name, place) => [name, place + 1]));
  const { ids } = cocoImageIds(read.map(({ picture }) => basename(picture.name)));
  const annotations: CocoAnnotation[] = [];
  for (const [place, { objects }] of read.entries()) {
    for (const { name, isDifficult, corners } of objects) {
      const bbox = isFromZero ? span(corners) : span(fromOne(corners));
      annotations.push({
        id: annotations.length + 1,
        image_id: ids[place] ?? 0,
        category_id: categoryIds.get(name) ?? 0,
        bbox,
        area: (bbox[2] ?? 0) * (bbox[3] ?? 0),
        iscrowd: isDifficult ? 1 : 0,
      });
    }
  }
  return {
    dataset: {
      images: read.map(({ picture: { name, width, height } }, place) => ({
        id: ids[place] ?? 0,
        file_name: name,
        width,
        height,
      })),
      categories: names.map((name, place) => ({ id: place + 1, name })),
      annotations,
    },
    problems,
    isNamed: true,
  };
}

function parse(text: string, broken: (what: string) => void): XmlElement | undefined {
  try {
    const { root } = parseXml(text);
    if (root?.name === 'annotation') return root;
    broken(`its root is ${root ? `<${root.name}>` : 'missing'}, not <annotation>`);
  } catch (error) {
    broken(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  return undefined;
}

function objectsOf(root: XmlElement, broken: (what: string) => void): VocObject[] {
  return childrenOf(root, 'object').flatMap((object, place) => {
    const name = textOf(object, 'name');
    const [box] = childrenOf(object, 'bndbox');
    const corner = (key: string): number => Number((box && textOf(box, key)) || Number.NaN);
    const corners = [corner('xmin'), corner('ymin'), corner('xmax'), corner('ymax')] as const;
    if (!name) broken(`object ${place + 1} has no name`);
    else if (!corners.every(Number.isFinite)) broken(`object ${place + 1} (${name}) has no whole bndbox`);
    else return [{ name, corners, isDifficult: textOf(object, 'difficult') === '1' }];
    return [];
  });
}

function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter(
    (child) => child instanceof XmlElement && child.name === name,
  ) as XmlElement[];
}

function textOf(parent: XmlElement, name: string): string | undefined {
  return childrenOf(parent, name)[0]?.text.trim();
}

type Corners = VocObject['corners'];

/** From whole pixels counted from 1 to edges counted from 0. */
function fromOne([left, top, right, bottom]: Corners): Corners {
  return [left - 1, top - 1, right, bottom];
}

function span([left, top, right, bottom]: Corners): number[] {
  return [left, top, right - left, bottom - top];
}

function stemOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, '');
}
