// The facts that lie beside a weights file, as JSON: architecture, labels, preprocessing, metric, source, licence.

import { backboneNames, type Dialect, dialects } from '@ssdlite/backbone';
import {
  JsonValue,
  type PrunedLayer,
  type PrunedLayers,
  SsdliteError,
  type WeightEncoding,
  weightEncodings,
} from '@ssdlite/layers';
import type { Label } from '../labels.ts';
import type { AnchorConfig } from '../network/anchors.ts';
import type { ConvolutionKind, SsdConfig } from '../network/ssd-config.ts';
import { type CalibratedThresholds, readCalibratedThresholds } from './class-thresholds.ts';
import { type Level, readLevels } from './levels.ts';
import { type Metric, readMetric } from './metric.ts';

/** What manifests of this version say of themselves. */
export const manifestFormat = 'ssdlite-weights/1';

/** A weights file, seen from its manifest. */
export interface WeightsFile {
  /** Name of the safetensors file in the manifest's own folder. */
  readonly file: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly encoding: WeightEncoding;
}

/** Where the numbers come from. */
export interface WeightsSource {
  /** What the original is called, e.g. `ssdlite_mobilenet_v2_coco`. */
  readonly name: string;
  /** Where that was got, e.g. a package and its version. */
  readonly from?: string;
  readonly file?: string;
}

/** How logits become scores. */
export type ScoreConverter = 'sigmoid' | 'softmax';

/** The facts of a detector's weights. */
export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly kind: 'detector';
  readonly name: string;
  readonly architecture: SsdConfig;
  /** A class's id is its column in the logits. */
  readonly labels: readonly Label[];
  readonly weights: WeightsFile;
  readonly preprocessing: {
    /** What pixel values 0 and 255 become. */
    readonly range: readonly [-1, 1];
    /** TensorFlow 1's bilinear rule, without half-pixel centres. */
    readonly resize: 'bilinear-tf1';
  };
  /** How logits become scores: each by itself, or all columns of an anchor together, as torchvision trains. */
  readonly scoreConverter: ScoreConverter;
  readonly metrics: readonly Metric[];
  /** Levels of quality of the weights' own, beside `fast`, `balanced`, `high` and `max`. */
  readonly levels?: readonly Level[];
  /** What `scoreThreshold: 'calibrated'` uses. */
  readonly thresholds?: CalibratedThresholds;
  readonly source?: WeightsSource;
  /** SPDX identifier where there is one. */
  readonly licence?: string;
  readonly notes: readonly string[];
}

/**
 * Checks a manifest that was parsed from JSON.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for another format or kind, `WEIGHTS_DAMAGED` with the path of what is missing or wrong
 * @example
 * const manifest = parseManifest(JSON.parse(await readFile('weights.json', 'utf8')));
 */
export function parseManifest(json: unknown): Manifest {
  const root = new JsonValue(json, { document: 'The weights manifest' });
  demand(root.get('format'), manifestFormat);
  demand(root.get('kind'), 'detector');
  const architecture = readArchitecture(root.get('architecture'));
  const preprocessing = root.get('preprocessing');
  const range = preprocessing.get('range');
  if (JSON.stringify(range.value) !== '[-1,1]') throw range.mustBe('[-1, 1]');
  const source = root.get('source');
  const licence = root.get('licence');
  const levels = root.get('levels');
  const thresholds = root.get('thresholds');
  const labels = readLabels(root.get('labels'), architecture.logitColumns);
  return {
    format: manifestFormat,
    kind: 'detector',
    name: root.get('name').string(),
    architecture,
    labels,
    weights: readWeightsFile(root.get('weights')),
    preprocessing: { range: [-1, 1], resize: preprocessing.get('resize').oneOf(['bilinear-tf1']) },
    scoreConverter: root.get('scoreConverter').oneOf<ScoreConverter>(['sigmoid', 'softmax']),
    metrics: root.get('metrics').items().map(readMetric),
    ...(levels.present && { levels: readLevels(levels) }),
    ...(thresholds.present && { thresholds: readCalibratedThresholds(thresholds, labels) }),
    ...(source.present && { source: readSource(source) }),
    ...(licence.present && { licence: licence.string() }),
    notes: root
      .get('notes')
      .items()
      .map((note) => note.string()),
  };
}

function demand(value: JsonValue, expected: string): void {
  if (!value.present) throw value.mustBe(`'${expected}'`);
  if (value.value === expected) return;
  throw new SsdliteError('WEIGHTS_UNSUPPORTED', `The weights manifest is of '${String(value.value)}'.`, {
    value: value.value,
    next: `This version reads '${expected}'.`,
  });
}

function readArchitecture(json: JsonValue): SsdConfig {
  json.only([
    'backbone',
    'alpha',
    'dialect',
    'shrinkLast',
    'minChannels',
    'inputSize',
    'logitColumns',
    'extraDepths',
    'extras',
    'heads',
    'headKernelSize',
    'anchors',
    'pruned',
  ]);
  const kinds: readonly ConvolutionKind[] = ['separable', 'plain'];
  const inputSize = json.get('inputSize').only(['height', 'width']);
  const pruned = json.get('pruned');
  return {
    backbone: json.get('backbone').oneOf(backboneNames),
    alpha: json.get('alpha').positive(),
    dialect: json.get('dialect').oneOf(Object.keys(dialects) as Dialect[]),
    shrinkLast: json.get('shrinkLast').boolean(),
    minChannels: json.get('minChannels').integer(1),
    inputSize: { height: inputSize.get('height').integer(1), width: inputSize.get('width').integer(1) },
    logitColumns: json.get('logitColumns').integer(2),
    extraDepths: json
      .get('extraDepths')
      .items()
      .map((depth) => depth.integer(1)),
    extras: json.get('extras').oneOf(kinds),
    heads: json.get('heads').oneOf(kinds),
    headKernelSize: json.get('headKernelSize').integer(1),
    anchors: readAnchors(json.get('anchors')),
    ...(pruned.present && { pruned: readPruned(pruned) }),
  };
}

function readPruned(json: JsonValue): PrunedLayers {
  const layers = json.keys().map((name): [string, PrunedLayer] => {
    const layer = json.get(name).only(['filters', 'reads']);
    const filters = layer.get('filters');
    const reads = layer.get('reads');
    return [
      name,
      {
        ...(filters.present && { filters: filters.integer(1) }),
        ...(reads.present && { reads: reads.items().map((channel) => channel.integer(0)) }),
      },
    ];
  });
  return Object.fromEntries(layers);
}

function readAnchors(json: JsonValue): AnchorConfig {
  json.only(['minScale', 'maxScale', 'aspectRatios', 'reduceLowest', 'interpolatedAspectRatio']);
  const interpolated = json.get('interpolatedAspectRatio');
  return {
    minScale: json.get('minScale').positive(),
    maxScale: json.get('maxScale').positive(),
    aspectRatios: json
      .get('aspectRatios')
      .items()
      .map((ratio) => ratio.positive()),
    reduceLowest: json.get('reduceLowest').boolean(),
    interpolatedAspectRatio: interpolated.present ? interpolated.positive() : undefined,
  };
}

function readLabels(json: JsonValue, logitColumns: number): Label[] {
  const seen = new Set<number>();
  const labels = json.items().map((item) => {
    const id = item.get('id').integer(1);
    if (id >= logitColumns) throw item.get('id').mustBe(`less than the ${logitColumns} logit columns`);
    if (seen.has(id)) throw item.get('id').mustBe('an id that no other label has');
    seen.add(id);
    return { id, name: item.get('name').string() };
  });
  if (labels.length === 0) throw json.mustBe('a list of at least one label');
  return labels;
}

function readWeightsFile(json: JsonValue): WeightsFile {
  const file = json.get('file').string();
  // The manifest must not lead out of its folder.
  if (/[/\\]/.test(file) || file === '..')
    throw json.get('file').mustBe('the name of a file without folders');
  const sha256 = json.get('sha256').string();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw json.get('sha256').mustBe('64 hexadecimal digits');
  return {
    file,
    bytes: json.get('bytes').integer(1),
    sha256,
    encoding: json.get('encoding').oneOf(weightEncodings),
  };
}

function readSource(json: JsonValue): WeightsSource {
  const from = json.get('from');
  const file = json.get('file');
  return {
    name: json.get('name').string(),
    ...(from.present && { from: from.string() }),
    ...(file.present && { file: file.string() }),
  };
}
