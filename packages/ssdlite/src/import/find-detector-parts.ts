// Tells the convolutions of a detector apart: the features' own, the box heads' and the class heads'.

import { SsdliteError } from '@ssdlite/layers';
import { boxCodeSize } from '../network/ssd-network.ts';
import type { Convolution, FeatureMap } from './convolution.ts';
import { type Graph, producerOf } from './graph.ts';

/** What a convolution serves. */
export type Role = 'feature' | 'box' | 'class';

/** A feature map with heads. */
export interface HeadedMap {
  readonly map: FeatureMap;
  /** Last convolution of each head. */
  readonly box: Convolution;
  readonly class: Convolution;
}

export interface DetectorParts {
  readonly roles: ReadonlyMap<Convolution, Role>;
  /** In the order of computation: backbone, then extras. */
  readonly features: readonly Convolution[];
  /** The shallowest, largest map first. */
  readonly headedMaps: readonly HeadedMap[];
  /** Columns of the class heads, background included. */
  readonly logitColumns: number;
  /** Anchors per cell of each map. */
  readonly anchorsPerCell: readonly number[];
}

/**
 * Sorts convolutions by what comes of them.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` if these are not the parts of an SSD detector
 */
export function findDetectorParts(graph: Graph, convolutions: readonly Convolution[]): DetectorParts {
  const ends = convolutions.filter(({ output }) => output.readers.length === 0 && output.sums.length === 0);
  const roles = assignRoles(convolutions, endRoles(graph, ends));
  const features = convolutions.filter((convolution) => roles.get(convolution) === 'feature');
  const headedMaps = features.flatMap(({ output }) => headsOf(output, roles));
  if (headedMaps.length < 2) {
    throw unsupported(
      `The graph has ${headedMaps.length} feature maps with box and class heads`,
      headedMaps.length,
    );
  }
  const anchorsPerCell = headedMaps.map(({ box }) => box.channels / boxCodeSize);
  const columns = headedMaps.map((heads, index) => heads.class.channels / (anchorsPerCell[index] ?? 1));
  const [logitColumns = 0] = columns;
  for (const [index, { box, class: classes }] of headedMaps.entries()) {
    if (
      !Number.isInteger(anchorsPerCell[index]) ||
      columns[index] !== logitColumns ||
      !Number.isInteger(logitColumns)
    ) {
      throw unsupported(
        `Box head '${box.name}' has ${box.channels} channels and class head '${classes.name}' ${classes.channels}`,
        [box.channels, classes.channels],
        `Heads need 4 and a whole number of classes per anchor, the same in all (${logitColumns} in the first).`,
      );
    }
  }
  return { roles, features, headedMaps, logitColumns, anchorsPerCell };
}

/** Class heads end in scores. Where a graph stops before them, TF Object Detection's names decide. */
function endRoles(graph: Graph, ends: readonly Convolution[]): Map<Convolution, Role> {
  const reaches = scoreReach(graph, ends);
  const softmax = ends.find((end) => reaches.get(end) === 'Softmax');
  if (softmax) {
    throw unsupported(
      `The scores of '${softmax.name}' are a softmax`,
      'Softmax',
      'Only detectors with sigmoid scores are run.',
    );
  }
  const bySigmoid = ends.some((end) => reaches.get(end) === 'Sigmoid');
  return new Map(
    ends.map((end): [Convolution, Role] => {
      if (bySigmoid) return [end, reaches.get(end) === 'Sigmoid' ? 'class' : 'box'];
      if (/ClassPredictor|ClassHead/.test(end.name)) return [end, 'class'];
      if (/BoxEncodingPredictor|BoxHead/.test(end.name)) return [end, 'box'];
      throw unsupported(
        `Convolution '${end.name}' is neither box nor class head, and nothing reads it`,
        end.name,
      );
    }),
  );
}

/** Whether a sigmoid or softmax is computed from each of these. */
function scoreReach(
  graph: Graph,
  ends: readonly Convolution[],
): Map<Convolution, 'Sigmoid' | 'Softmax' | undefined> {
  const consumers = new Map<string, string[]>();
  for (const node of graph.values()) {
    for (const input of node.inputs) {
      const from = producerOf(graph, input)?.name ?? input;
      consumers.set(from, [...(consumers.get(from) ?? []), node.name]);
    }
  }
  return new Map(
    ends.map((end) => {
      const met = new Set([end.output.name]);
      for (const name of met) {
        const op = graph.get(name)?.op ?? '';
        if (op === 'Sigmoid' || op === 'Softmax') return [end, op];
        // The size of a map is no part of its content.
        if (op === 'Shape' || op === 'Size') continue;
        for (const consumer of consumers.get(name) ?? []) met.add(consumer);
      }
      return [end, undefined];
    }),
  );
}

function assignRoles(
  convolutions: readonly Convolution[],
  ends: ReadonlyMap<Convolution, Role>,
): Map<Convolution, Role> {
  const roles = new Map<Convolution, Role>(ends);
  const rolesBelow = (map: FeatureMap): Role[] => [
    ...map.readers.map((reader) => roles.get(reader) ?? 'feature'),
    ...map.sums.flatMap(({ output }) => rolesBelow(output)),
  ];
  // Readers come after what they read, so that from the end all are known.
  for (const convolution of convolutions.toReversed()) {
    if (roles.has(convolution)) continue;
    const [role = 'feature', ...others] = rolesBelow(convolution.output);
    roles.set(convolution, others.every((other) => other === role) ? role : 'feature');
  }
  return roles;
}

function headsOf(map: FeatureMap, roles: ReadonlyMap<Convolution, Role>): HeadedMap[] {
  const [boxes, classes] = (['box', 'class'] as const).map((role) =>
    map.readers.filter((reader) => roles.get(reader) === role),
  );
  const [box, ...moreBoxes] = boxes ?? [];
  const [classHead, ...moreClasses] = classes ?? [];
  if (!box && !classHead) return [];
  if (!box || !classHead || moreBoxes.length > 0 || moreClasses.length > 0) {
    throw unsupported(
      `Feature map '${map.name}' has ${boxes?.length} box heads and ${classes?.length} class heads`,
      map.name,
    );
  }
  return [{ map, box: lastOf(box), class: lastOf(classHead) }];
}

function lastOf(convolution: Convolution): Convolution {
  const [next] = convolution.output.readers;
  return next ? lastOf(next) : convolution;
}

function unsupported(what: string, value: unknown, next?: string): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `${what}.`, {
    value,
    next:
      next ?? 'Imported are SSD and SSDLite detectors with one box head and one class head per feature map.',
  });
}
