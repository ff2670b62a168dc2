// A report stays small, however much it is about.

import { expect, test } from 'vitest';
import { renderReport } from '../node/render-report.ts';
import { prepareEvaluation } from '../prepare-evaluation.ts';
import { evaluationReport } from './evaluation-report.ts';

/** Numbers that look random and are the same everywhere (Numerical Recipes' generator). */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('a report of 1,203 categories and 20,000 detections is below 3 MB', async () => {
  const next = numbers();
  const images = Array.from({ length: 1000 }, (_, id) => ({ id: id + 1, width: 640, height: 480 }));
  const categories = Array.from({ length: 1203 }, (_, id) => ({ id: id + 1, name: `category ${id + 1}` }));
  const whole = (below: number): number => Math.floor(next() * below);
  const box = (): number[] => [whole(500), whole(400), 10 + whole(100), 10 + whole(60)];
  const annotations = Array.from({ length: 5000 }, (_, id) => {
    const bbox = box();
    const area = (bbox[2] ?? 0) * (bbox[3] ?? 0);
    return { id: id + 1, image_id: 1 + whole(1000), category_id: 1 + whole(1203), bbox, area, iscrowd: 0 };
  });
  const detections = Array.from({ length: 20_000 }, () => {
    const { image_id = 1, category_id = 1, bbox = [] } = annotations[whole(annotations.length)] ?? {};
    return { image_id, category_id, bbox: next() < 0.5 ? bbox : box(), score: next() };
  });
  const evaluation = prepareEvaluation({ images, categories, annotations }, detections, {
    areaRanges: [{ label: 'all', min: 0, max: 1e10 }],
  });
  const report = evaluationReport(evaluation);
  expect(Buffer.byteLength(await renderReport(report))).toBeLessThan(3e6);
});
