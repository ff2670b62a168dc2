// What a report says of an evaluation that can be checked by hand.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyToy, type Toy } from '../analysis/fixtures/toy-evaluation.ts';
import { prepareEvaluation } from '../prepare-evaluation.ts';
import { evaluationReport } from './evaluation-report.ts';
import { petDetections, pets } from './fixtures/pets.ts';
import { reportHtml } from './report-html.ts';

const report = evaluationReport(prepareEvaluation(pets, petDetections), { title: 'Pets' });
const [all, cat, dog] = report.subjects;

describe('the report of an evaluation', () => {
  test('counts pictures, categories, objects and detections', () => {
    expect(report.counts).toEqual({ images: 2, categories: 2, truths: 3, detections: 4 });
  });

  test('has COCO’s figures of all and of each category', () => {
    // Dogs: right, wrong, right; precision 1 up to recall 0.5 (51 of 101 recalls), 2/3 beyond.
    expect(dog?.stats.AP).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 12);
    expect(cat?.stats.AP).toBe(0);
    expect(all?.stats.AP).toBeCloseTo((51 + 50 * (2 / 3)) / 202, 12);
    expect(report.subjects.map(({ name }) => name)).toEqual(['All categories', 'cat', 'dog']);
  });

  test('counts right and wrong at every stop of the slider', () => {
    expect(report.thresholds).toHaveLength(101);
    expect([0, 0.3, 0.31, 0.6, 0.8, 0.9, 0.91].map((at) => report.thresholds.indexOf(at))).not.toContain(-1);
    const at = (score: number) => {
      const stop = report.thresholds.indexOf(score);
      return [all?.right[stop], all?.wrong[stop]];
    };
    expect([0, 0.3, 0.31, 0.6, 0.61, 0.8, 0.9, 0.91].map(at)).toEqual([
      [2, 2],
      [2, 2],
      [1, 2],
      [1, 2],
      [1, 1],
      [1, 1],
      [1, 0],
      [0, 0],
    ]);
  });

  test('knows where F1 is best: all four detections give 4/7', () => {
    expect(all?.best).toEqual({ threshold: 0.3, right: 2, wrong: 2 });
  });

  test('draws precision over recall, point by point', () => {
    expect(dog?.curves[0]).toEqual({
      iouThreshold: 0.5,
      recall: [0.5, 0.5, 1],
      precision: [1, 0.5, 0.6667],
    });
  });

  test('names the errors', () => {
    const counts = Object.fromEntries((all?.errors ?? []).map(({ kind, count }) => [kind, count]));
    expect(counts).toEqual({
      classification: 1,
      localization: 0,
      both: 0,
      duplicate: 0,
      background: 1,
      missed: 0,
    });
  });

  test('has who is taken for whom', () => {
    expect(report.confusions).toEqual({
      names: ['dog', 'cat', 'background'],
      objects: [2, 1, 1],
      cells: [
        [1, 0, 1],
        [0, 0, 2],
        [2, 1, 1],
      ],
      worst: [['cat', 'dog', 1]],
    });
  });

  test('shows the pictures with the surest mistakes first, and those with missed objects', () => {
    expect(report.pictures.map(({ group, name, note }) => [group, name, note])).toEqual([
      ['False positives', 'one.png', '1 wrong, 1 missed, 1 right'],
      ['False positives', 'two.png', '1 wrong, 0 missed, 1 right'],
      ['Missed objects', 'one.png', '1 wrong, 1 missed, 1 right'],
    ]);
    expect(report.pictures[0]?.boxes).toEqual([
      { box: [10, 10, 40, 40], kind: 'found', label: 'dog' },
      { box: [60, 60, 30, 30], kind: 'missed', label: 'cat' },
      { box: [10, 10, 40, 40], kind: 'right', label: 'dog 0.90' },
      { box: [60, 60, 30, 30], kind: 'wrong', label: 'dog 0.80, classification' },
    ]);
  });

  test('has no calibration where scores are no probabilities, and thresholds as far as scores go', () => {
    const logits = petDetections.map((detection) => ({ ...detection, score: detection.score * 10 - 4 }));
    const { subjects, thresholds } = evaluationReport(prepareEvaluation(pets, logits));
    expect(subjects[0]?.calibration).toBeNull();
    expect([thresholds[0], thresholds[100]]).toEqual([-1, 5]);
  });

  test('stands without detections, without objects, and with all categories as one', () => {
    const lost = [{ image_id: 1, category_id: 99, bbox: [0, 0, 9, 9], score: 0.5 }];
    const nothing = evaluationReport(prepareEvaluation(pets, lost));
    expect([nothing.subjects[0]?.best, nothing.subjects[0]?.stats.AP]).toEqual([null, 0]);
    const empty = evaluationReport(prepareEvaluation({ ...pets, annotations: [] }, petDetections));
    expect(empty.subjects[0]?.stats.AP).toBe(-1);
    const agnostic = evaluationReport(prepareEvaluation(pets, petDetections, { useCategories: false }));
    expect(agnostic.subjects).toHaveLength(1);
    for (const each of [nothing, empty, agnostic]) {
      // JSON has neither NaN nor Infinity: what is written must be what is read.
      expect(JSON.parse(JSON.stringify(each))).toEqual(each);
    }
  });
});

describe('the report of any evaluation', () => {
  const evaluationOf = ({ images, categories, truths, detections }: Toy) =>
    prepareEvaluation(
      {
        images: images.map((id) => ({ id, width: 200, height: 200 })),
        categories: categories.map((id) => ({ id })),
        annotations: truths.map(({ image, category, box, crowd = false }, place) => ({
          id: place + 1,
          image_id: image,
          category_id: category,
          bbox: box,
          area: box[2] * box[3],
          iscrowd: crowd,
        })),
      },
      detections.map(({ image, category, score, box }) => ({
        image_id: image,
        category_id: category,
        score,
        bbox: box,
      })),
    );

  test('adds up: counts fall as the threshold rises, categories make the whole, no stop is better than the best', () => {
    fc.assert(
      fc.property(
        anyToy.filter(({ detections }) => detections.length > 0),
        (toy) => {
          const made = evaluationReport(evaluationOf(toy));
          const [whole, ...parts] = made.subjects;
          const sum = (values: readonly number[]): number =>
            values.reduce((total, value) => total + value, 0);
          expect(whole?.truths).toBe(sum(parts.map(({ truths }) => truths)));
          for (const stop of made.thresholds.keys()) {
            expect(whole?.right[stop]).toBe(sum(parts.map(({ right }) => right[stop] ?? 0)));
            expect(whole?.wrong[stop]).toBe(sum(parts.map(({ wrong }) => wrong[stop] ?? 0)));
          }
          for (const { right, wrong, truths, best, errors } of made.subjects) {
            const f1 = (tp: number, fp: number): number => (2 * tp) / (tp + fp + truths || 1);
            for (const [stop, count] of right.entries()) {
              expect(count).toBeLessThanOrEqual(right[stop - 1] ?? truths);
              expect(wrong[stop]).toBeLessThanOrEqual(wrong[stop - 1] ?? Infinity);
              if (best) {
                expect(f1(count, wrong[stop] ?? 0)).toBeLessThanOrEqual(f1(best.right, best.wrong) + 1e-12);
              }
            }
            expect(errors.every(({ cost }) => cost >= 0 && cost <= 1)).toBe(true);
          }
          // Every picture shows each of its objects once: found or missed.
          for (const { boxes, note } of made.pictures) {
            const count = (kind: string): number => boxes.filter((box) => box.kind === kind).length;
            expect(note).toBe(`${count('wrong')} wrong, ${count('missed')} missed, ${count('right')} right`);
            expect(count('found')).toBe(count('right'));
          }
          expect(JSON.parse(JSON.stringify(made))).toEqual(made);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the page around it', () => {
  test('lets no text in the data end its script', () => {
    const title = '</script><script>alert(1)</script><!--';
    const html = reportHtml({ ...report, title }, { script: '', style: '' });
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<!--');
    const [, json = ''] = /id="report">(.*)<\/script>\n<script type/.exec(html) ?? [];
    expect(JSON.parse(json).title).toBe(title);
  });
});
