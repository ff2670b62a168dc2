import { describe as describeNetwork, encodeWeights, foldBatchNorm, writeSafetensors } from '@ssdlite/layers';
import { describe, expect, test } from 'vitest';
import { type ClassifierConfig, classifierNetwork } from './classifier-network.ts';
import { exportedMetadata, loadExportedClassifier } from './exported-classifier.ts';
import { generatedWeights } from './fixtures/generated-weights.ts';
import { imageNetMeanAndDeviation } from './normalization.ts';

const config: ClassifierConfig = {
  backbone: 'mobilenet-v2',
  alpha: 0.1,
  dialect: 'pytorch',
  shrinkLast: true,
  minChannels: 4,
  inputSize: { height: 64, width: 96 },
  classes: 3,
  scores: 'sigmoid',
};
const labels = ['daisy', 'rose', 'tulip'];
const facts = { name: 'flowers', config, normalization: imageNetMeanAndDeviation, labels };
const description = describeNetwork(classifierNetwork(config));
const weights = foldBatchNorm(description, generatedWeights(classifierNetwork(config), { seed: 1 }));
const tensors = encodeWeights(weights, { encoding: 'float32', description });

const file = (metadata: Record<string, string>) => writeSafetensors({ tensors, metadata });

describe('A classifier as safetensors of our own', () => {
  test('is read as it was written', () => {
    const read = loadExportedClassifier({ bytes: file(exportedMetadata(facts)) });
    expect(read).toEqual({
      kind: 'classifier',
      config,
      normalization: imageNetMeanAndDeviation,
      labels,
      weights,
    });
    // Folded already: nothing is left to fold.
    expect(foldBatchNorm(description, read?.weights ?? new Map())).toEqual(weights);
  });

  test('runs at another size when the caller says so', () => {
    const inputSize = { height: 128, width: 128 };
    const read = loadExportedClassifier({ bytes: file(exportedMetadata(facts)), inputSize });
    expect(read?.config).toEqual({ ...config, inputSize });
  });

  test("is told from other programs' files", () => {
    expect(loadExportedClassifier({ bytes: file({}) })).toBe(undefined);
    expect(loadExportedClassifier({ bytes: file({ format: 'pt' }) })).toBe(undefined);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no network', { config: '' }, 'WEIGHTS_DAMAGED'],
    ['a network that is no object', { config: '3' }, 'WEIGHTS_DAMAGED'],
    ['an unknown backbone', { config: JSON.stringify({ ...config, backbone: 'resnet' }) }, 'WEIGHTS_DAMAGED'],
    ['an unknown fact', { config: JSON.stringify({ ...config, width: 3 }) }, 'WEIGHTS_DAMAGED'],
    [
      'a size of no pixels',
      { config: JSON.stringify({ ...config, inputSize: { height: 0, width: 1 } }) },
      'WEIGHTS_DAMAGED',
    ],
    ['another width', { config: JSON.stringify({ ...config, alpha: 0.5 }) }, 'WEIGHTS_MISMATCH'],
    ['another number of classes', { config: JSON.stringify({ ...config, classes: 4 }) }, 'WEIGHTS_DAMAGED'],
    ['labels that are no names', { labels: '[1, 2, 3]' }, 'WEIGHTS_DAMAGED'],
    ['two channels', { normalization: '{"scale":[1,1],"shift":[0,0]}' }, 'WEIGHTS_DAMAGED'],
  ])('is refused with %s', (_, changed, code) => {
    const bytes = file({ ...exportedMetadata(facts), ...changed });
    expect(() => loadExportedClassifier({ bytes })).toThrow(expect.objectContaining({ code }));
  });

  test('is refused when it was written before it said of which network it is', () => {
    const bytes = file({ format: 'ssdlite-model/1', name: 'flowers' });
    expect(() => loadExportedClassifier({ bytes })).toThrow(
      expect.objectContaining({
        code: 'WEIGHTS_UNSUPPORTED',
        message: expect.stringContaining('Export it once more'),
      }),
    );
  });
});
