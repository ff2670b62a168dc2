// Ground truth from a COCO object in memory.

import { CocoEvalError } from '../error.ts';
import { toCategory, toImage } from './image-list.ts';
import type { GroundTruth } from './loaded.ts';
import { RawRecord, readObject, show } from './raw-record.ts';
import type { TruthBuilder } from './truth-builder.ts';

/** What a COCO file must have. */
export const lists = ['images', 'annotations', 'categories'] as const;

/** @throws CocoEvalError `INVALID_ANNOTATIONS` */
export function truthsFromObject(source: unknown, builder: TruthBuilder): GroundTruth {
  const dataset = checkDataset(source);
  const record = new RawRecord();
  for (const [index, annotation] of dataset.annotations.entries()) {
    readObject(record, annotation, { list: 'annotations', index });
    builder.add(record);
  }
  return builder.finish({
    images: dataset.images.map(toImage),
    categories: dataset.categories.map(toCategory),
  });
}

type List = (typeof lists)[number];

function checkDataset(source: unknown): Readonly<Record<List, readonly unknown[]>> {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) throw notADataset(show(source));
  const dataset = source as Readonly<Record<List, unknown>>;
  for (const list of lists) {
    if (!Array.isArray(dataset[list])) throw notAList(list, show(dataset[list]));
  }
  return dataset as Readonly<Record<List, readonly unknown[]>>;
}

export function notADataset(shown: string): CocoEvalError {
  return new CocoEvalError('INVALID_ANNOTATIONS', `The ground truth is ${shown}.`, {
    value: shown,
    next: 'It should be an object with the lists images, annotations and categories.',
  });
}

export function notAList(name: List, shown: string): CocoEvalError {
  return new CocoEvalError('INVALID_ANNOTATIONS', `"${name}" of the ground truth is ${shown}.`, {
    value: shown,
    next: 'It should be a list; the ground truth is an object with the lists images, annotations and categories.',
  });
}
