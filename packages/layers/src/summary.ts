// A network as a table, laid out as people know it from Keras.

import type { LayerDescription, NetworkDescription } from './describe.ts';
import { sizeOf } from './weights/weights.ts';

/** One line of a summary. Convolution, batch norm and activation are lines of their own, as in Keras. */
export interface SummaryRow {
  readonly name: string;
  readonly kind: string;
  /** Without the batch axis. */
  readonly outputShape: readonly number[];
  readonly parameters: number;
}

/** The rows of a summary: one for the input, then one per layer, batch norm and activation. */
export function summaryRows(description: NetworkDescription): SummaryRow[] {
  return [
    { name: 'input', kind: 'InputLayer', outputShape: description.inputShape, parameters: 0 },
    ...description.layers.flatMap(layerRows),
  ];
}

function layerRows(layer: LayerDescription): SummaryRow[] {
  const { name, kind, outputShape, weights, batchNorm, activation } = layer;
  const count = (specs: readonly { shape: readonly number[] }[]): number =>
    specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const rows: SummaryRow[] = [{ name, kind, outputShape, parameters: count(weights) }];
  if (batchNorm) {
    const parameters = count([...batchNorm.trainable, ...batchNorm.statistics]);
    rows.push({ name: batchNorm.name, kind: 'BatchNormalization', outputShape, parameters });
  }
  if (activation === 'relu6') rows.push({ name: `${name}_relu`, kind: 'ReLU', outputShape, parameters: 0 });
  return rows;
}

/**
 * The whole table as text: layers, output shapes, parameters, then totals and multiply-adds.
 *
 * @example
 * console.log(summary(describe(network)));
 */
export function summary(description: NetworkDescription): string {
  const rows = summaryRows(description).map((row) => [
    `${row.name} (${row.kind})`,
    `(None, ${row.outputShape.join(', ')})`,
    row.parameters.toLocaleString('en-US'),
  ]);
  const header = ['Layer (type)', 'Output shape', 'Param #'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = (mark: string): string => mark.repeat(widths.reduce((sum, width) => sum + width, 4));
  const { parameters, multiplyAdds } = description;
  const figures: [string, number][] = [
    ['Total params', parameters.total],
    ['Trainable params', parameters.trainable],
    ['Non-trainable params', parameters.statistics],
    ['Folded params (inference)', parameters.folded],
    ['Multiply-adds', multiplyAdds],
  ];
  return [
    line(header),
    rule('='),
    ...rows.map(line),
    rule('='),
    ...figures.map(([title, figure]) => `${title}: ${figure.toLocaleString('en-US')}`),
  ].join('\n');
}
