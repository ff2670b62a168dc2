// What a report draws of masks and keypoints.

import { describe, expect, test } from 'vitest';
import type { CocoAnnotation, CocoCategory, CocoDetection } from '../data/coco-types.ts';
import { fromPolygon, toCompressed } from '../mask/mask.ts';
import { prepareEvaluation } from '../prepare-evaluation.ts';
import { evaluationReport } from './evaluation-report.ts';
import { areaDetections, areas, bodies, bodyDetections, bodySigmas } from './fixtures/shapes.ts';
import type { EvaluationReport, ReportBox } from './report-data.ts';

const ofMasks = (detections = areaDetections): EvaluationReport =>
  evaluationReport(prepareEvaluation(areas, detections, { type: 'segm' }));

const ofKeypoints = (detections = bodyDetections, category: Partial<CocoCategory> = {}): EvaluationReport => {
  const categories = bodies.categories.map((one) => ({ ...one, ...category }));
  const options = { type: 'keypoints', sigmas: bodySigmas } as const;
  return evaluationReport(prepareEvaluation({ ...bodies, categories }, detections, options));
};

const drawnOn = ({ pictures }: EvaluationReport): readonly ReportBox[] => pictures[0]?.boxes ?? [];

describe('masks', () => {
  test('are drawn as outlines, with their holes', () => {
    const frame = [
      [10, 50, 10, 10, 50, 10, 50, 50],
      [20, 20, 20, 40, 40, 40, 40, 20],
    ];
    expect(drawnOn(ofMasks())).toEqual([
      { box: [10, 10, 40, 40], kind: 'found', label: 'frame', outline: frame },
      {
        box: [60, 40, 30, 30],
        kind: 'missed',
        label: 'frame',
        outline: [[60, 70, 60, 40, 70, 40, 70, 60, 90, 60, 90, 70]],
      },
      { box: [10, 10, 40, 40], kind: 'right', label: 'frame 0.90', outline: frame },
      {
        box: [70, 5, 20, 20],
        kind: 'wrong',
        label: 'frame 0.95, background',
        outline: [[70, 25, 70, 5, 90, 5, 90, 25]],
      },
    ]);
  });

  test('of another size than their picture are drawn where they are', () => {
    const small = toCompressed({ height: 8, width: 10, counts: Uint32Array.of(0, 80) });
    const report = ofMasks([{ image_id: 1, category_id: 1, score: 0.9, segmentation: small }]);
    expect(drawnOn(report).at(-1)?.outline).toEqual([[0, 8, 0, 0, 10, 0, 10, 8]]);
    expect(report.warnings[0]).toContain('results[0].segmentation is 8 x 10, its image 80 x 100');
  });

  test('that are many are coarser, so that a picture has 2,000 corners at most', () => {
    const size = { width: 1000, height: 1000 };
    const disk = (x: number, y: number): number[] =>
      Array.from({ length: 36 }, (_, step) => (step / 36) * 2 * Math.PI).flatMap((angle) => [
        x + 23 * Math.cos(angle),
        y + 23 * Math.sin(angle),
      ]);
    /** Corners on a picture of so many disks, of which one is found. */
    const cornersOf = (count: number): number => {
      const [object] = areas.annotations as [CocoAnnotation];
      const annotations = Array.from({ length: count }, (_, at) => ({
        ...object,
        id: at + 1,
        segmentation: [disk(25 + 50 * (at % 20), 25 + 50 * Math.floor(at / 20))],
      }));
      const found = { score: 1, segmentation: toCompressed(fromPolygon(disk(25, 25), size)) };
      const evaluation = prepareEvaluation(
        { ...areas, images: [{ id: 1, ...size }], annotations },
        [{ image_id: 1, category_id: 1, ...found }],
        { type: 'segm' },
      );
      return drawnOn(evaluationReport(evaluation)).flatMap(({ outline = [] }) => outline.flat()).length / 2;
    };
    const each = cornersOf(9) / 10;
    expect(each).toBeGreaterThan(8);
    const many = cornersOf(400);
    expect(401 * each).toBeGreaterThan(2000);
    expect(many).toBeLessThanOrEqual(2000);
    expect(many).toBeGreaterThan(1200);
  });

  test('of nothing, or of more runs than an outline can follow, are drawn as boxes', () => {
    const none = toCompressed({ height: 80, width: 100, counts: Uint32Array.of(8000) });
    const dots = { height: 400, width: 400, counts: new Uint32Array(160_000).fill(1) };
    const report = ofMasks(
      [none, toCompressed(dots)].map((segmentation) => ({
        image_id: 1,
        category_id: 1,
        score: 0.9,
        segmentation,
      })),
    );
    expect(drawnOn(report).filter(({ kind }) => kind === 'wrong')).toEqual([
      { box: [0, 0, 0, 0], kind: 'wrong', label: 'frame 0.90, background' },
      { box: [0, 1, 400, 399], kind: 'wrong', label: 'frame 0.90, background' },
    ]);
  });
});

describe('keypoints', () => {
  test('are drawn as points, those that are not labelled left out', () => {
    const report = ofKeypoints();
    expect(report.skeletons).toEqual([
      {
        names: ['head', 'hip', 'hand', 'foot'],
        bones: [
          [0, 1],
          [0, 2],
          [1, 3],
        ],
      },
    ]);
    expect(drawnOn(report)).toEqual([
      {
        box: [25, 5, 30, 70],
        kind: 'found',
        label: 'body',
        keypoints: { points: [30, 10, 2, 30, 40, 2, 50, 30, 1, 0, 0, 0], skeleton: 0 },
      },
      {
        box: [80, 50, 20, 30],
        kind: 'missed',
        label: 'body',
        keypoints: { points: [90, 55, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], skeleton: 0 },
      },
      {
        box: [30, 10, 20, 60],
        kind: 'right',
        label: 'body 0.90',
        keypoints: { points: [31, 10, 2, 30, 41.3, 2, 50, 30, 2, 35, 70, 2], skeleton: 0 },
      },
    ]);
  });

  /** What is drawn of a detection whose points have these visibilities. */
  const seen = (...visibilities: readonly number[]): readonly number[] | undefined => {
    const [first] = bodyDetections as readonly [CocoDetection];
    const keypoints = (first.keypoints ?? []).map((value, at) =>
      at % 3 === 2 ? (visibilities[(at - 2) / 3] ?? 0) : value,
    );
    return drawnOn(ofKeypoints([{ ...first, keypoints }]))
      .at(-1)
      ?.keypoints?.points.filter((_, at) => at % 3 === 2);
  };

  test('of detections are left out by 0 as well, unless it stands for all of them', () => {
    expect(seen(0.9, 0.2, 0, 1)).toEqual([2, 2, 0, 2]);
    expect(seen(0, 0, 0, 0)).toEqual([2, 2, 2, 2]);
  });

  test('that are nowhere are left out', () => {
    const [first, second] = bodies.annotations;
    const keypoints = [1e308, 10, 2, 30, 40, 2, 50, Number.NaN, 2, 0, 0, 0];
    const annotations = [{ ...first, keypoints } as CocoAnnotation, second as CocoAnnotation];
    const options = { type: 'keypoints', sigmas: bodySigmas } as const;
    const report = evaluationReport(prepareEvaluation({ ...bodies, annotations }, bodyDetections, options));
    expect(drawnOn(report)[0]?.keypoints?.points).toEqual([0, 10, 0, 30, 40, 2, 50, 0, 0, 0, 0, 0]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('of categories without a skeleton are points alone', () => {
    const [{ id = 0, name = '' } = {}] = bodies.categories;
    const categories = [{ id, name }];
    const options = { type: 'keypoints', sigmas: bodySigmas } as const;
    const report = evaluationReport(prepareEvaluation({ ...bodies, categories }, bodyDetections, options));
    expect([report.skeletons, report.warnings]).toEqual([[{ names: [], bones: [] }], []]);
  });

  test('that a skeleton joins and that are not there are warned of', () => {
    const report = ofKeypoints(bodyDetections, {
      skeleton: [
        [1, 2],
        [2, 5],
      ],
    });
    expect(report.skeletons[0]?.bones).toEqual([[0, 1]]);
    expect(report.warnings).toEqual([
      'The skeleton of the category body joins 2 and 5, of 4 keypoints counted from 1; that line is not drawn.',
    ]);
  });
});

test('boxes have neither outlines nor points', () => {
  const report = evaluationReport(prepareEvaluation(areas, areaDetections));
  expect(drawnOn(report).flatMap(Object.keys).sort()).not.toContain('outline');
  expect(report.skeletons).toEqual([]);
});
