// Turns the graph of a trained detector into a weights file and its manifest.

import { describe, SsdliteError, type WeightEncoding } from '@ssdlite/layers';
import type { Label } from '../labels.ts';
import { type AnchorConfig, tfOdAnchors } from '../network/anchors.ts';
import type { SsdConfig } from '../network/ssd-config.ts';
import { ssdNetwork } from '../network/ssd-network.ts';
import { type DetectorFacts, type EncodedDetector, encodeDetector } from '../weights/encode-detector.ts';
import type { WeightsSource } from '../weights/manifest.ts';
import type { Metric } from '../weights/metric.ts';
import { checkNothingLeft } from './check-nothing-left.ts';
import { findAnchors } from './find-anchors.ts';
import { findConvolutions } from './find-convolutions.ts';
import { findDetectorParts } from './find-detector-parts.ts';
import { findPreprocessing } from './find-preprocessing.ts';
import type { Graph } from './graph.ts';
import { type ConfigWithoutAnchors, inferConfig } from './infer-config.ts';
import { checkLabels } from './parse-labels.ts';
import { takeWeights } from './take-weights.ts';

export interface ImportOptions {
  /** Names of the classes by their column in the class heads. Default: `class 1`, `class 2`, ... */
  readonly labels?: readonly Label[];
  /** Name of the weights, and of their files. Letters, digits, dots, dashes and underscores. Default `detector`. */
  readonly name?: string;
  /** Pixels. Default: what the graph says, else 300 x 300. */
  readonly inputSize?: SsdConfig['inputSize'];
  /** Default: what the graph says, else TF Object Detection's usual ones. */
  readonly anchors?: AnchorConfig;
  /** Default `hybrid`. */
  readonly encoding?: WeightEncoding;
  readonly source?: WeightsSource;
  /** SPDX identifier of the weights' licence. */
  readonly licence?: string;
  readonly metrics?: readonly Metric[];
  readonly notes?: readonly string[];
}

/** What `importDetector` gives. */
export type ImportedDetector = EncodedDetector;

/** Input size of TF Object Detection's SSDs, where a graph does not say. */
const usualInputSize = { height: 300, width: 300 };

/**
 * Imports an SSD or SSDLite detector on MobileNet V1 or V2, of any width and number of classes, batch norm folded or not.
 *
 * The architecture is read off the graph itself, and every layer is found by following the image through it: names do not matter.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` or `WEIGHTS_MISMATCH` with the nodes that have no counterpart, `INVALID_ARGUMENT` for an
 * option that is wrong or does not fit the graph
 * @example
 * const graph = readFrozenGraph(await readFile('frozen_inference_graph.pb'));
 * const labels = parseLabels(await readFile('label_map.pbtxt', 'utf8'));
 * const { manifest, bytes } = await importDetector(graph, { labels, name: 'street-signs' });
 */
export async function importDetector(graph: Graph, options: ImportOptions = {}): Promise<ImportedDetector> {
  const { name = 'detector', encoding = 'hybrid', source, licence, metrics = [] } = options;
  if (!/^[\w-][\w.-]*$/.test(name))
    throw invalid(`The name is '${name}'`, name, 'Use letters, digits, dots, dashes and underscores.');
  checkInputSize(options.inputSize);
  const { image, convolutions, constants } = findConvolutions(graph);
  const parts = findDetectorParts(graph, convolutions);
  const preprocessing = findPreprocessing(graph, { image: image.name, constants });
  const inputSize = options.inputSize ?? preprocessing.inputSize ?? usualInputSize;
  const shape = inferConfig(parts, inputSize);
  const { anchors, notes: anchorNotes } = options.anchors
    ? { anchors: options.anchors, notes: [] }
    : findAnchors(graph, {
        constants,
        config: shape,
        anchorsPerCell: parts.anchorsPerCell,
        grids: headGrids(shape),
      });
  const architecture: SsdConfig = { ...shape, anchors };
  const network = ssdNetwork(architecture);
  const { weights, taken } = takeWeights(network, { image, roles: parts.roles });
  checkNothingLeft(graph, { convolutions, taken });

  const labels = checkColumns(options.labels, architecture.logitColumns);
  const sizeNote =
    (options.inputSize ?? preprocessing.inputSize)
      ? []
      : ['The graph does not state its input size: it is taken to be 300 x 300.'];
  const notes = [...(options.notes ?? []), ...sizeNote, ...preprocessing.notes, ...anchorNotes];
  const facts: DetectorFacts = {
    name,
    architecture,
    labels,
    metrics,
    ...(source && { source }),
    ...(licence !== undefined && { licence }),
    notes,
  };
  return encodeDetector(weights, facts, encoding);
}

/** Height and width in cells of each map with heads. */
function headGrids(shape: ConfigWithoutAnchors): { height: number; width: number }[] {
  return describe(ssdNetwork({ ...shape, anchors: tfOdAnchors }))
    .layers.filter(({ name }) => /^box_head_\d+(_project)?$/.test(name))
    .map(({ outputShape: [height = 0, width = 0] }) => ({ height, width }));
}

function checkColumns(labels: readonly Label[] | undefined, logitColumns: number): Label[] {
  if (!labels) {
    return Array.from({ length: logitColumns - 1 }, (_, index) => ({
      id: index + 1,
      name: `class ${index + 1}`,
    }));
  }
  const checked = checkLabels(labels);
  const beyond = checked.find(({ id }) => id >= logitColumns);
  if (!beyond) return checked;
  const columns = `The class heads have ${logitColumns} columns, background included`;
  throw invalid(
    `${columns}, but '${beyond.name}' has the id ${beyond.id}`,
    beyond.id,
    'Pass the labels of this detector.',
  );
}

function checkInputSize(size: SsdConfig['inputSize'] | undefined): void {
  if (!size) return;
  for (const side of [size.height, size.width]) {
    if (!Number.isInteger(side) || side < 33) {
      throw invalid(
        `The input size is ${size.height} x ${size.width}`,
        size,
        'Use whole numbers of at least 33 pixels.',
      );
    }
  }
}

function invalid(what: string, value: unknown, next: string): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${what}.`, { value, next });
}
