// A data set that reads no picture again of which the trainer needs only the boxes: what frozen layers make of it is kept.

import type { Dataset, Sample } from '../sample.ts';

const noPixels: Sample['pixels'] = { data: new Uint8Array(0), height: 0, width: 0 };

/**
 * Remembers the boxes of fixed views, and gives them without pixels where `isKnown` says that those are not looked at.
 *
 * @param isKnown whether the pixels of a view are needed no more
 */
export function rememberedSamples(
  dataset: Dataset,
  isKnown: (sample: Pick<Sample, 'imageId' | 'view'>) => boolean,
): Dataset {
  const { viewOf } = dataset;
  if (!viewOf) return dataset;
  const seen = new Map<string, Sample>();
  return {
    classes: dataset.classes,
    length: dataset.length,
    async sample(index, options) {
      const view = viewOf(index, options);
      const key = `${index} ${view}`;
      const known = view === undefined ? undefined : seen.get(key);
      if (known && isKnown(known)) return known;
      const sample = await dataset.sample(index, options);
      if (view !== undefined) seen.set(key, { ...sample, pixels: noPixels });
      return sample;
    },
  };
}
