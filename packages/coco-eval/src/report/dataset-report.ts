// A data set as a report: what is in it, what is wrong with it, and pictures with their boxes.

import type { AnnotatedImage, DatasetInspection } from '../inspect/dataset-inspector.ts';
import { frameOf } from './picture-frame.ts';
import type { DatasetReport, ReportBox, ReportFact, ReportPicture } from './report-data.ts';

export interface DatasetReportOptions {
  /** Default: "Data set". */
  readonly title?: string;
  /** What the reader should know of where it comes from, as `['Annotations', 'instances.json']`. */
  readonly facts?: readonly ReportFact[];
  /** Pictures in each of the two galleries: with broken boxes, and a sample. Default 12. */
  readonly pictures?: number;
}

/** Everything that the page of a report shows of a data set; `reportHtml` makes the page of it. */
export function datasetReport(
  inspection: DatasetInspection,
  { title = 'Data set', facts = [], pictures = 12 }: DatasetReportOptions = {},
): DatasetReport {
  const { categories, problems, sizes, images } = inspection;
  const broken = images.filter(({ objects }) => objects.some(({ isBroken }) => isBroken));
  return {
    kind: 'dataset',
    title,
    facts: [...facts, ...countedFacts(inspection)],
    sizes,
    categories: categories.map(({ name, images: count, objects, crowds, sizes: bySize }) => ({
      name,
      images: count,
      objects,
      crowds,
      sizes: bySize,
    })),
    problems,
    pictures: [
      ...broken.slice(0, pictures).map((image) => toPicture(image, 'With broken boxes')),
      ...sample(
        images.filter(({ objects }) => objects.length > 0),
        pictures,
      ).map((image) => toPicture(image, 'A sample')),
    ],
  };
}

/** What a data set comes to, as names and values. */
export function countedFacts({ counts, perImage }: DatasetInspection): ReportFact[] {
  const { images, categories, annotations, crowds, emptyImages } = counts;
  return [
    ['Pictures', `${images}${emptyImages > 0 ? `, ${emptyImages} without annotations` : ''}`],
    ['Categories', String(categories)],
    ['Annotations', `${annotations}${crowds > 0 ? `, ${crowds} crowds` : ''}`],
    ['A picture', `${perImage.mean.toFixed(1)} on average, ${perImage.most} at most`],
  ];
}

/** Some of a list, evenly spread over it. */
function sample<T>(list: readonly T[], size: number): T[] {
  if (list.length <= size) return [...list];
  return Array.from(
    { length: size },
    (_, place) => list[Math.floor(((place + 0.5) * list.length) / size)],
  ).flatMap((one) => one ?? []);
}

function toPicture({ id, name, width, height, objects }: AnnotatedImage, group: string): ReportPicture {
  const boxes = objects.map(
    ({ box, category, isCrowd, isBroken }): ReportBox => ({
      box,
      kind: isBroken ? 'broken' : 'plain',
      label: isCrowd ? `${category} (crowd)` : category,
    }),
  );
  return {
    name: name ?? `image ${id}`,
    ...frameOf({ width, height }, boxes),
    note: `${objects.length} ${objects.length === 1 ? 'annotation' : 'annotations'}`,
    group,
    boxes,
  };
}
