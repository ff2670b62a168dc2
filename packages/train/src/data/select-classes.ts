// A data set with some of its classes only.

import { SsdliteError } from '@ssdlite/layers';
import { nearestName } from 'ssdlite';
import type { Dataset, Sample } from '../sample.ts';

/**
 * The same pictures with the boxes of these classes, in this order: column c is `classes[c - 1]`. Boxes of other classes are left out:
 * what they show is background then, and a picture that keeps no box is nothing but that.
 *
 * @throws SsdliteError `UNKNOWN_CLASS` for a class that the data set does not have, `INVALID_ARGUMENT` for one named twice, or none
 * @example
 * const cutlery = selectClasses(dataset, ['fork', 'spoon']);
 */
export function selectClasses(dataset: Dataset, classes: readonly string[]): Dataset {
  if (classes.length === 0 || new Set(classes).size < classes.length) {
    throw new SsdliteError('INVALID_ARGUMENT', `classes is ${JSON.stringify(classes)}.`, {
      value: classes,
      next: 'Name at least one class, and each once.',
    });
  }
  for (const name of classes) if (!dataset.classes.includes(name)) throw unknownClass(name, dataset.classes);
  const columns = [0, ...dataset.classes.map((name) => classes.indexOf(name) + 1)];
  return {
    classes,
    length: dataset.length,
    sample: async (index, options) => select(await dataset.sample(index, options), columns),
    ...(dataset.viewOf && { viewOf: (index, options) => dataset.viewOf?.(index, options) }),
  };
}

/** @param columns new column by old one; 0 for those that go */
function select(sample: Sample, columns: readonly number[]): Sample {
  const kept = Array.from(sample.classes.keys()).filter((row) => columns[sample.classes[row] ?? 0]);
  const { boxes, boxWeights } = sample;
  return {
    ...sample,
    boxes: Float32Array.from(kept.flatMap((row) => [...boxes.subarray(row * 4, row * 4 + 4)])),
    classes: Int32Array.from(kept, (row) => columns[sample.classes[row] ?? 0] ?? 0),
    ...(boxWeights && { boxWeights: Float32Array.from(kept, (row) => boxWeights[row] ?? 1) }),
  };
}

function unknownClass(name: string, known: readonly string[]): SsdliteError {
  const nearest = nearestName(name, known);
  return new SsdliteError('UNKNOWN_CLASS', `The data set has no class "${name}".`, {
    value: name,
    next: nearest ? `Did you mean '${nearest}'?` : `Its classes are: ${known.join(', ')}.`,
  });
}
