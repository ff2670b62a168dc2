// Class heads for other classes: what the old network knows of a class by that name is kept.

import { SsdliteError, type Weights, type WeightTensor } from '@ssdlite/layers';
import type { Label, SsdConfig } from 'ssdlite';

/** A network whose class heads were remade. */
export interface RemadeHeads {
  /** The same but for `logitColumns`. */
  readonly architecture: SsdConfig;
  readonly labels: readonly Label[];
  readonly weights: Weights;
  /** Classes that the old network knew by name. */
  readonly shared: readonly string[];
}

/** The last convolutions of the class heads: `class_head_0_project`, or of plain SSD `class_head_0`. */
const lastConvolution = /^class_head_\d+(_project)?\/(kernel|bias)$/;

/**
 * Gives a network other classes. Per anchor of a cell, the column of a class is the old one of the same name (case does not matter);
 * a class that the old network does not know starts as the mean of all that it knows: a place where things usually are scores a
 * little, whatever they are. Background stays.
 *
 * @param options.classes names; the first gets column 1
 * @throws SsdliteError `INVALID_ARGUMENT` for no classes, or two of one name
 * @example
 * const { architecture, weights, shared } = remakeClassHeads({ ...manifest, weights, classes: ['cup', 'gadget'] });
 */
export function remakeClassHeads(options: {
  readonly architecture: SsdConfig;
  readonly labels: readonly Label[];
  readonly weights: Weights;
  readonly classes: readonly string[];
}): RemadeHeads {
  const { architecture, labels, weights, classes } = options;
  checkClasses(classes);
  const old = new Map(labels.map(({ id, name }) => [name.toLowerCase(), id]));
  const sources = classes.map((name) => old.get(name.toLowerCase()));
  const known = labels.map(({ id }) => id);
  const columns: readonly (readonly number[])[] = [
    [0],
    ...sources.map((id) => (id === undefined ? known : [id])),
  ];
  const isHead = ([name]: readonly [string, WeightTensor]): boolean => {
    return lastConvolution.test(name) && !name.endsWith('_depthwise/kernel');
  };
  return {
    architecture: { ...architecture, logitColumns: classes.length + 1 },
    labels: classes.map((name, index) => ({ id: index + 1, name })),
    shared: classes.filter((_, index) => sources[index] !== undefined),
    weights: new Map(
      [...weights].map((entry) => {
        const [name, tensor] = entry;
        return [
          name,
          isHead(entry) ? takeColumns(tensor, { columns, width: architecture.logitColumns }) : tensor,
        ];
      }),
    ),
  };
}

/** The last axis holds, anchor after anchor, `width` columns each; each new column is the mean of the old ones that are named. */
function takeColumns(
  { shape, data }: WeightTensor,
  { columns, width }: { readonly columns: readonly (readonly number[])[]; readonly width: number },
): WeightTensor {
  const groups = data.length / width;
  const taken = new Float32Array(groups * columns.length);
  for (let group = 0; group < groups; group++) {
    for (const [to, from] of columns.entries()) {
      let sum = 0;
      for (const column of from) sum += data[group * width + column] as number;
      taken[group * columns.length + to] = sum / from.length;
    }
  }
  const last = ((shape.at(-1) ?? width) / width) * columns.length;
  return { shape: [...shape.slice(0, -1), last], data: taken };
}

function checkClasses(classes: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of classes) {
    if (typeof name !== 'string' || name.trim() === '') {
      throw invalid(`A class is called ${JSON.stringify(name)}`, name, 'Give every class a name.');
    }
    if (seen.has(name.toLowerCase()))
      throw invalid(`Two classes are called '${name}'`, name, 'Name each class once.');
    seen.add(name.toLowerCase());
  }
  if (classes.length === 0) throw invalid('There is no class to learn', classes, 'Name at least one.');
}

function invalid(what: string, value: unknown, next: string): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${what}.`, { value, next });
}
