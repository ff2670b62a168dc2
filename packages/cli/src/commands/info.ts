// `ssdlite info`: what is known of a weights file, or of an architecture by its name.

import { stat } from 'node:fs/promises';
import { describe, type NetworkDescription, SsdliteError, summary, summaryRows } from '@ssdlite/layers';
import { viewText } from '@ssdlite/tune';
import { type Command, Option } from 'commander';
import { type Level, type Manifest, nearestName, ssdAnchors, ssdNetwork } from 'ssdlite';
import { readDetectorWeights } from 'ssdlite/node';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import {
  type NamedNetwork,
  type NetworkSettings,
  namedNetwork,
  networkNames,
  refuseSettings,
} from '../info/named-network.ts';
import { count, positive, size } from '../options/option-values.ts';
import { type Fact, factList } from '../output/fact-list.ts';
import type { Session } from '../session.ts';

interface InfoCommandOptions extends NetworkSettings {
  readonly json?: boolean;
}

const examples = `
Architectures: ${networkNames.join(', ')}

Examples:
  ssdlite info                                       the COCO weights that come with ssdlite
  ssdlite info my-weights/                           weights that 'ssdlite import' made
  ssdlite info ssdlite-mobilenet-v2 --alpha 0.5 --size 320 --classes 20
  ssdlite info mobilenet-v2 --json`;

/** Adds the command. */
export function addInfo(program: Command, session: Session): void {
  program
    .command('info')
    .summary('show what is known of weights or of an architecture')
    .description(
      'Shows layers, parameters, multiply-adds, labels, metric and licence of weights or an architecture.',
    )
    .argument('[weights]', 'manifest, .safetensors, their folder, or the name of an architecture')
    .addOption(
      new Option('--alpha <n>', 'width multiplier of an architecture (default: 1)').argParser(positive),
    )
    .addOption(new Option('--size <pixels>', 'its input, as 320 or 320x240 (width x height)').argParser(size))
    .addOption(new Option('--classes <n>', 'how many it tells apart').argParser(count))
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(session.action(showInfo));
}

async function showInfo(
  session: Session,
  place: string | undefined,
  { json = false, ...settings }: InfoCommandOptions,
): Promise<number> {
  const { io } = session;
  const named = place === undefined ? undefined : namedNetwork(place, settings);
  if (named) {
    await print(
      io.stdout,
      json ? networkJson(named) : networkText(named, { title: place ?? '', width: io.stdout.columns }),
    );
    return exitCodes.ok;
  }
  if (place !== undefined) await checkPlace(place, pathFrom(io, place));
  refuseSettings(settings);
  const { manifest } = await readDetectorWeights(place === undefined ? undefined : pathFrom(io, place));
  await print(io.stdout, json ? weightsJson(manifest) : weightsText(manifest, { width: io.stdout.columns }));
  return exitCodes.ok;
}

/** @throws SsdliteError `WEIGHTS_NOT_FOUND` with the nearest architecture, if it is no file either */
async function checkPlace(place: string, path: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) return;
  const nearest = nearestName(place, networkNames);
  throw new SsdliteError('WEIGHTS_NOT_FOUND', `There is no file and no architecture '${place}'.`, {
    value: place,
    next: nearest ? `Did you mean '${nearest}'?` : `The architectures are: ${networkNames.join(', ')}.`,
  });
}

function networkText(
  named: NamedNetwork,
  { title, width }: { readonly title: string; readonly width: number | undefined },
): string {
  const description = describe(named.network);
  return `${summary(description)}\n\n${factList([['architecture', title], ...networkFacts(named, description)], widthOf(width))}`;
}

function weightsText(manifest: Manifest, { width }: { readonly width: number | undefined }): string {
  const { name, architecture, labels, weights, metrics, source, licence, notes } = manifest;
  const network = ssdNetwork(architecture);
  const description = describe(network);
  const facts: Fact[] = [
    ['weights', name],
    ...networkFacts({ kind: 'detector', network, architecture }, description),
    ['labels', `${labels.length}: ${labels.map((label) => label.name).join(', ')}`],
    ['file', `${weights.file}, ${megabytes(weights.bytes)}, ${weights.encoding}, sha256 ${weights.sha256}`],
    ...metrics.map(
      (metric): Fact => [metric.name, `${metric.value} on ${metric.dataSet} (${metric.method})`],
    ),
    ...(manifest.levels ?? []).map(levelFact),
    ['source', source && [source.name, source.from, source.file].filter(Boolean).join(', ')],
    ['licence', licence ?? 'not stated'],
    ...notes.map((note): Fact => ['note', note]),
  ];
  return `${summary(description)}\n\n${factList(facts, widthOf(width))}`;
}

/** A level of quality of the weights' own. */
function levelFact({ name, views, cost, metrics }: Level): Fact {
  const figures = metrics
    .map((metric) => `${metric.name} ${Math.round(metric.value * 1e3) / 1e3}`)
    .join(', ');
  const dataSet = metrics[0] ? `; ${figures} on ${metrics[0].dataSet}` : '';
  return [
    `level ${name}`,
    `${views.map(viewText).join(', ')}, at ${cost} times the cost of one pass${dataSet}`,
  ];
}

function networkFacts(named: NamedNetwork, description: NetworkDescription): Fact[] {
  const { parameters, multiplyAdds, inputShape } = description;
  const [height, width] = inputShape;
  const figure = (value: number): string => value.toLocaleString('en-US');
  return [
    ['network', named.kind === 'classifier' ? `classifier on ${named.backbone}` : detectorSentence(named)],
    ['input', `${width} x ${height} pixels (width x height)`],
    [
      'parameters',
      `${figure(parameters.trainable)} trainable, ${figure(parameters.statistics)} statistics, ${figure(parameters.withoutBatchNorm)} without batch norm, ${figure(parameters.folded)} folded for inference`,
    ],
    ['multiply-adds', `${figure(Math.round(multiplyAdds / 1e5) / 10)} million a picture`],
  ];
}

function detectorSentence({ architecture }: Extract<NamedNetwork, { kind: 'detector' }>): string {
  const { backbone, alpha, heads, logitColumns } = architecture;
  const anchors = ssdAnchors(architecture).length / 4;
  const head = heads === 'separable' ? 'SSDLite' : 'SSD';
  return `${head} on ${backbone}, alpha ${alpha}, ${anchors.toLocaleString('en-US')} anchors, ${logitColumns} class columns (0 is the background)`;
}

function networkJson(named: NamedNetwork): string {
  return jsonText({
    ...(named.kind === 'detector' ? { architecture: named.architecture } : { backbone: named.backbone }),
    ...networkFigures(named.network),
  });
}

function weightsJson(manifest: Manifest): string {
  return jsonText({ ...manifest, ...networkFigures(ssdNetwork(manifest.architecture)) });
}

function networkFigures(network: NamedNetwork['network']): object {
  const description = describe(network);
  const { inputShape, outputs, parameters, multiplyAdds } = description;
  return { inputShape, outputs, parameters, multiplyAdds, layers: summaryRows(description) };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

const widthOf = (width: number | undefined): { width?: number } => (width === undefined ? {} : { width });
