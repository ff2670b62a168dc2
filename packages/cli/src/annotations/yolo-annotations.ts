// YOLO's annotations: a text file a picture, a line an object: class, then centre and size as fractions of the picture, or a polygon.

import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { type CocoAnnotation, ProblemList } from '@ssdlite/coco-eval';
import { cocoImageIds } from '../output/coco-image-ids.ts';
import {
  type AnnotatedPicture,
  addBrokenLabel,
  addLonelyLabel,
  type ConvertedAnnotations,
} from './converted-annotations.ts';

/** What rounding may leave outside of 0 to 1. */
const tolerance = 0.01;

/**
 * Converts a folder of label files. The file of a picture has its name, with `.txt`; a picture without one has no objects. Class 0 becomes
 * category 1, as COCO counts from 1.
 *
 * @param files paths of the label files
 * @param options.folder where they are: the paths of pictures from their folder are those of label files from here
 * @param options.names of the classes, if they are known
 */
export async function readYolo(
  files: readonly string[],
  {
    folder,
    pictures,
    names,
  }: {
    readonly folder: string;
    readonly pictures: readonly AnnotatedPicture[];
    readonly names: readonly string[] | undefined;
  },
): Promise<ConvertedAnnotations> {
  const problems = new ProblemList();
  const { ids } = cocoImageIds(pictures.map(({ name }) => name.replace(/^.*\//, '')));
  const placeOf = new Map(pictures.map(({ name }, place) => [stemOf(name), place]));
  const annotations: CocoAnnotation[] = [];
  let classes = names?.length ?? 0;
  for (const path of files) {
    const file = relative(folder, path).replaceAll('\\', '/');
    const place = placeOf.get(stemOf(file));
    const picture = place === undefined ? undefined : pictures[place];
    if (!picture || place === undefined) {
      addLonelyLabel(problems, () => file);
      continue;
    }
    for (const [index, line] of (await readFile(path, 'utf8')).split('\n').entries()) {
      if (line.trim() === '') continue;
      const object = readLine(line, { picture, classes: names?.length });
      if (typeof object === 'string') addBrokenLabel(problems, () => `${file}:${index + 1}: ${object}`);
      else {
        classes = Math.max(classes, object.category_id);
        annotations.push({ ...object, id: annotations.length + 1, image_id: ids[place] ?? 0 });
      }
    }
  }
  return {
    dataset: {
      images: pictures.map(({ name, width, height }, place) => ({
        id: ids[place] ?? 0,
        file_name: name,
        width,
        height,
      })),
      categories: Array.from({ length: classes }, (_, id) => ({
        id: id + 1,
        name: names?.[id] ?? `class ${id}`,
      })),
      annotations,
    },
    problems,
    isNamed: names !== undefined,
  };
}

/** An object, or what is wrong with its line. */
function readLine(
  line: string,
  {
    picture: { width, height },
    classes,
  }: { readonly picture: AnnotatedPicture; readonly classes: number | undefined },
): Omit<CocoAnnotation, 'id' | 'image_id'> | string {
  const [classId = Number.NaN, ...rest] = line.trim().split(/\s+/).map(Number);
  if (![classId, ...rest].every(Number.isFinite)) return `'${line.trim().slice(0, 40)}' is not all numbers`;
  if (!Number.isInteger(classId) || classId < 0) return `the class ${classId} is no number from 0 on`;
  if (classes !== undefined && classId >= classes)
    return `the class ${classId} has no name: there are ${classes}`;
  if (rest.length === 5) return 'there are six numbers: with scores these are detections, not annotations';
  if (rest.length !== 4 && (rest.length < 6 || rest.length % 2 !== 0)) {
    return `there are ${rest.length + 1} numbers, not a class and four, or a class and a polygon`;
  }
  const far = rest.find((value) => value < -tolerance || value > 1 + tolerance);
  if (far !== undefined) return `${far} is no fraction of the picture`;
  const object = { category_id: classId + 1, iscrowd: 0 };
  if (rest.length === 4) {
    const [x = 0, y = 0, boxWidth = 0, boxHeight = 0] = rest;
    const bbox = [
      (x - boxWidth / 2) * width,
      (y - boxHeight / 2) * height,
      boxWidth * width,
      boxHeight * height,
    ];
    return { ...object, bbox, area: boxWidth * width * boxHeight * height };
  }
  const polygon = rest.map((value, place) => value * (place % 2 === 0 ? width : height));
  const along = (axis: 0 | 1): number[] => polygon.filter((_, place) => place % 2 === axis);
  const [left, top] = [Math.min(...along(0)), Math.min(...along(1))];
  const bbox = [left, top, Math.max(...along(0)) - left, Math.max(...along(1)) - top];
  return { ...object, bbox, area: polygonArea(polygon), segmentation: [polygon] };
}

/** The shoelace formula. */
function polygonArea(polygon: readonly number[]): number {
  let twice = 0;
  for (let at = 0; at < polygon.length; at += 2) {
    const next = (at + 2) % polygon.length;
    twice +=
      (polygon[at] as number) * (polygon[next + 1] as number) -
      (polygon[next] as number) * (polygon[at + 1] as number);
  }
  return Math.abs(twice) / 2;
}

function stemOf(name: string): string {
  return name.replace(/\.[^./]*$/, '');
}
