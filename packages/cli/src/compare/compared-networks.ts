// The networks that the MobileNetV2 paper compares (Sandler et al. 2018, arXiv 1801.04381), and what it says of them.

import { classifierNetwork } from '@ssdlite/backbone';
import { describe, type LayerDescription, type Network, sizeOf } from '@ssdlite/layers';
import { architectures, ssdNetwork } from 'ssdlite';

/** What the paper prints. Parameters and multiply-adds in millions, milliseconds on a Google Pixel 1. */
export interface PaperFigures {
  readonly table: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly milliseconds?: number;
  /** Whether the figures are of the extra maps and heads alone. */
  readonly headsOnly?: boolean;
}

export interface ComparedNetwork {
  readonly name: string;
  readonly group: 'classifiers' | 'detectors';
  readonly network: Network;
  readonly paper?: PaperFigures;
}

/** What is counted. Parameters are without batch norm, as the paper counts them. */
export interface CountedNetwork {
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of a detector: its extra maps and heads alone. */
  readonly heads: { readonly parameters: number; readonly multiplyAdds: number } | undefined;
}

/**
 * Classifiers of 1000 classes (the paper's Table 4, at 224 px there) and detectors of 80 classes and background (Tables 5 and 6, at 320 px).
 *
 * @param sizes sides of the square inputs, in pixels
 */
export function comparedNetworks(sizes: {
  readonly classifiers: number;
  readonly detectors: number;
}): ComparedNetwork[] {
  const classifier = (backbone: 'mobilenet-v1' | 'mobilenet-v2', alpha: number): Network =>
    classifierNetwork({ backbone, alpha, inputSize: square(sizes.classifiers) });
  const detector = (name: keyof typeof architectures): Network =>
    ssdNetwork({ ...architectures[name], inputSize: square(sizes.detectors), logitColumns: 81 });
  return [
    {
      name: 'MobileNetV1',
      group: 'classifiers',
      network: classifier('mobilenet-v1', 1),
      paper: { table: 4, parameters: 4.2, multiplyAdds: 575, milliseconds: 113 },
    },
    {
      name: 'MobileNetV2',
      group: 'classifiers',
      network: classifier('mobilenet-v2', 1),
      paper: { table: 4, parameters: 3.4, multiplyAdds: 300, milliseconds: 75 },
    },
    {
      name: 'MobileNetV2 (1.4)',
      group: 'classifiers',
      network: classifier('mobilenet-v2', 1.4),
      paper: { table: 4, parameters: 6.9, multiplyAdds: 585, milliseconds: 143 },
    },
    {
      name: 'MobileNetV1 + SSDLite',
      group: 'detectors',
      network: detector('ssdlite-mobilenet-v1'),
      paper: { table: 6, parameters: 5.1, multiplyAdds: 1300, milliseconds: 270 },
    },
    {
      name: 'MobileNetV2 + SSDLite',
      group: 'detectors',
      network: detector('ssdlite-mobilenet-v2'),
      paper: { table: 6, parameters: 4.3, multiplyAdds: 800, milliseconds: 200 },
    },
    { name: 'MobileNetV1 + plain SSD', group: 'detectors', network: detector('ssd-mobilenet-v1') },
    {
      name: 'MobileNetV2 + plain SSD',
      group: 'detectors',
      network: detector('ssd-mobilenet-v2'),
      paper: { table: 5, parameters: 14.8, multiplyAdds: 1250, headsOnly: true },
    },
  ];
}

/** Counts a network; nothing runs. */
export function countNetwork({ network, group }: Pick<ComparedNetwork, 'network' | 'group'>): CountedNetwork {
  const { layers, parameters, multiplyAdds } = describe(network);
  return {
    parameters: parameters.withoutBatchNorm,
    multiplyAdds,
    heads:
      group === 'detectors'
        ? countLayers(layers.filter(({ name }) => /^(extra|box_head|class_head)_/.test(name)))
        : undefined,
  };
}

function countLayers(layers: readonly LayerDescription[]): { parameters: number; multiplyAdds: number } {
  const weights = layers.flatMap((layer) => layer.weights);
  return {
    parameters: weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

function square(side: number): { height: number; width: number } {
  return { height: side, width: side };
}
