// What passes the chosen score threshold, and the curves of precision, recall and F1.

import { Chart, mergeCurves } from './chart.ts';
import type { Choice } from './choice.ts';
import { element, section } from './element.ts';
import { count, figure, threshold } from './number-format.ts';
import { colour } from './theme.ts';

export function thresholdSection(choice: Choice): HTMLElement {
  const facts = element('dl', { class: 'figures', 'aria-live': 'polite' });
  const overThreshold = thresholdChart(choice);
  const overRecall = recallChart(choice);
  choice.followSubject(() => {
    overThreshold.draw(thresholdData(choice));
    overRecall.draw(
      mergeCurves(choice.subject.curves.map(({ recall, precision }) => ({ x: recall, y: precision }))),
    );
  });
  choice.follow(() => {
    const { point } = choice;
    facts.replaceChildren(
      fact('Precision', figure(point.precision)),
      fact('Recall', figure(point.recall)),
      fact('F1', figure(point.f1)),
      fact('Right', count(point.right)),
      fact('False positives', count(point.wrong)),
      fact('Missed', count(point.missed)),
    );
    overThreshold.redraw();
    overRecall.redraw();
  });
  return section(
    {
      id: 'threshold-section',
      title: 'At a score threshold',
      about: `Detections from the chosen score on are right if they overlap an object of their category by IoU ${threshold(choice.report.iouThreshold)}. Choose the score above, or press into the first chart.${choice.report.rules === 'lvis' ? ' As by LVIS, they count only in pictures of which is known whether their category is there.' : ''}`,
    },
    facts,
    element(
      'div',
      { class: 'charts' },
      element('div', {}, element('h3', {}, 'Precision, recall and F1 by score'), overThreshold.node),
      element('div', {}, element('h3', {}, 'Precision over recall'), overRecall.node),
    ),
  );
}

function fact(name: string, value: string): HTMLElement {
  return element('div', {}, element('dt', {}, name), element('dd', {}, value));
}

function thresholdData(choice: Choice): (number | null)[][] {
  const points = choice.report.thresholds.map((_, step) => choice.pointAt(step));
  const known = (value: number): number | null => (value < 0 ? null : value);
  return [
    points.map((point) => point.threshold),
    points.map(({ precision }) => known(precision)),
    points.map(({ recall }) => known(recall)),
    points.map(({ f1 }) => known(f1)),
  ];
}

function thresholdChart(choice: Choice): Chart {
  const { thresholds } = choice.report;
  return new Chart({
    label:
      'Precision, recall and F1 over the score threshold; the figures at the chosen threshold are listed above',
    xLabel: 'score from',
    yLabel: 'share',
    xRange: [thresholds[0] ?? 0, thresholds.at(-1) ?? 1],
    series: [
      { label: 'precision', colour: 'first' },
      { label: 'recall', colour: 'second' },
      { label: 'F1', colour: 'third' },
    ],
    onPick: (place) => choice.chooseStep(place),
    mark({ ctx, bbox, valToPos }) {
      const x = valToPos(choice.point.threshold, 'x', true);
      ctx.save();
      ctx.strokeStyle = colour('ink');
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.restore();
    },
  });
}

function recallChart(choice: Choice): Chart {
  const [first] = choice.report.subjects;
  return new Chart({
    label: 'Precision over recall at two IoU thresholds; the chosen score is the dot',
    xLabel: 'recall',
    yLabel: 'precision',
    xRange: [0, 1],
    series: (first?.curves ?? []).map(({ iouThreshold }, place) => ({
      label: `IoU ${threshold(iouThreshold)}`,
      colour: place === 0 ? 'first' : 'second',
      dashed: place > 0,
    })),
    mark({ ctx, valToPos }) {
      const { recall, precision } = choice.point;
      if (recall < 0 || precision < 0) return;
      ctx.save();
      ctx.fillStyle = colour('ink');
      ctx.strokeStyle = colour('paper');
      ctx.lineWidth = 4 * devicePixelRatio;
      ctx.beginPath();
      ctx.arc(
        valToPos(recall, 'x', true),
        valToPos(precision, 'y', true),
        5 * devicePixelRatio,
        0,
        2 * Math.PI,
      );
      ctx.stroke();
      ctx.fill();
      ctx.restore();
    },
  });
}
