import { describe, expect, test } from 'vitest';
import { ssdliteMobileNetV2 } from '../network/ssd-config.ts';
import type { DetectOptions } from './detect-options.ts';
import { resolveDetectOptions } from './resolve-detect-options.ts';
import { resolveRegion } from './resolve-region.ts';

const labels = [
  { id: 1, name: 'person' },
  { id: 2, name: 'bicycle' },
  { id: 4, name: 'motorcycle' },
];
const resolve = (options: DetectOptions) =>
  resolveDetectOptions(options, { labels, architecture: { ...ssdliteMobileNetV2, logitColumns: 5 } });
const never = Number.POSITIVE_INFINITY;

describe('thresholds by logit column', () => {
  test('are 0.5 for every class and never for background and columns without a label', () => {
    expect([...resolve({}).thresholds]).toEqual([never, 0.5, 0.5, never, 0.5]);
  });

  test('follow allow and deny lists by name, in any case, or id', () => {
    expect([...resolve({ classes: ['Person', 4] }).thresholds]).toEqual([never, 0.5, never, never, 0.5]);
    expect([...resolve({ classes: ['person', 2], excludeClasses: [2] }).thresholds]).toEqual([
      never,
      0.5,
      never,
      never,
      never,
    ]);
    expect([...resolve({ classes: [] }).thresholds]).toEqual([never, never, never, never, never]);
  });

  test('are those of the manifest if they are to be calibrated, 0.5 for a class without one', () => {
    const architecture = { ...ssdliteMobileNetV2, logitColumns: 5 };
    const measured = { precision: 0.8, recall: 0.8, f1: 0.8 };
    const thresholds = {
      dataSet: 'val.json',
      method: 'highest F1 at IoU 0.5',
      classes: [
        { id: 1, scoreThreshold: 0.31, ...measured },
        { id: 4, scoreThreshold: 0.72, ...measured },
      ],
    };
    const options = { scoreThreshold: 'calibrated', classThresholds: { person: 0.4 } } as const;
    const resolved = resolveDetectOptions(options, { labels, architecture, thresholds });
    expect([...resolved.thresholds]).toEqual([never, 0.4, 0.5, never, 0.72]);
    expect(() => resolve({ scoreThreshold: 'calibrated' })).toThrow('no thresholds of classes');
  });

  test('follow single classes, unless these are not wanted', () => {
    const { thresholds } = resolve({
      scoreThreshold: 0.3,
      classThresholds: { person: 0.9, 2: 0.1 },
      excludeClasses: ['bicycle'],
    });
    expect([...thresholds]).toEqual([never, 0.9, never, never, 0.3]);
  });
});

test.each<[string, object, string]>([
  ['a score that is no number', { scoreThreshold: Number.NaN }, 'scoreThreshold is NaN'],
  ['a score over 1', { scoreThreshold: 1.5 }, 'scoreThreshold is 1.5'],
  ['a score as text', { scoreThreshold: '0.5' }, 'scoreThreshold is 0.5'],
  ['a negative IoU', { iouThreshold: -0.1 }, 'iouThreshold is -0.1'],
  ['no detections', { maxDetections: 0 }, 'maxDetections is 0'],
  ['half a detection', { maxDetections: 1.5 }, 'maxDetections is 1.5'],
  ['an unknown kind of NMS', { nms: 'fast' }, 'nms is "fast"'],
  ['an unknown box format', { boxFormat: 'cxcywh' }, 'boxFormat is "cxcywh"'],
  ['an option of another library', { minScore: 0.5 }, "There is no option 'minScore'"],
  ['a class threshold out of range', { classThresholds: { person: 2 } }, 'classThresholds["person"] is 2'],
  ['classes that are no list', { classes: 'person' }, 'classes is person'],
  ['sigma 0', { softNmsSigma: 0 }, 'softNmsSigma is 0'],
])('%s is refused by name and value', (_, options, message) => {
  expect(() => resolve(options)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
  );
});

test('An unknown class is refused with the nearest name', () => {
  expect(() => resolve({ classes: ['persn'] })).toThrow(
    expect.objectContaining({
      code: 'UNKNOWN_CLASS',
      message: expect.stringContaining("Did you mean 'person'?"),
    }),
  );
  expect(() => resolve({ excludeClasses: [3] })).toThrow(expect.objectContaining({ code: 'UNKNOWN_CLASS' }));
});

describe('a region', () => {
  const image = { width: 640, height: 480 };

  test('is the whole picture unless given', () => {
    expect(resolveRegion(undefined, image)).toEqual({ x: 0, y: 0, width: 640, height: 480 });
    expect(resolveRegion({ x: 1.5, y: 0, width: 10, height: 480 }, image)).toEqual({
      x: 1.5,
      y: 0,
      width: 10,
      height: 480,
    });
  });

  test.each([
    { x: -1, y: 0, width: 10, height: 10 },
    { x: 0, y: 0, width: -10, height: 10 },
    { x: 0, y: 0, width: 0, height: 10 },
    { x: 600, y: 0, width: 41, height: 10 },
    { x: 0, y: 0, width: Number.NaN, height: 10 },
  ])('%o is refused, with the size of the picture', (region) => {
    expect(() => resolveRegion(region, image)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('640 x 480') }),
    );
  });
});
