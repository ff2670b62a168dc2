// Whether a score of 0.8 is right eight times of ten.

import { Chart } from './chart.ts';
import type { Choice } from './choice.ts';
import { element, section } from './element.ts';
import { count, figure } from './number-format.ts';
import { scrolling } from './sortable-table.ts';

export function calibrationSection(choice: Choice): HTMLElement[] {
  if (!choice.report.subjects.some(({ calibration }) => calibration)) return [];
  const chart = new Chart({
    label: 'Share of right detections over score; the table beside it has the numbers',
    xLabel: 'score',
    yLabel: 'share that is right',
    xRange: [0, 1],
    series: [
      { label: 'right', colour: 'first', bars: true },
      { label: 'ideal', colour: 'muted', dashed: true },
    ],
  });
  const rows = element('tbody');
  const note = element('p', { class: 'about' });
  choice.followSubject(() => {
    const { calibration, name } = choice.subject;
    note.textContent = calibration
      ? `${name}: expected calibration error ${figure(calibration.error)} over detections of every score.`
      : `${name}: not calculated.`;
    const bins = calibration?.bins ?? [];
    const middle = (place: number): number => (place + 0.5) / bins.length;
    chart.draw([
      bins.map((_, place) => middle(place)),
      bins.map(({ precision }) => (precision < 0 ? null : precision)),
      bins.map((_, place) => middle(place)),
    ]);
    rows.replaceChildren(
      ...bins.map(({ count: size, confidence, precision }, place) =>
        element(
          'tr',
          {},
          element(
            'th',
            { scope: 'row' },
            `${(place / bins.length).toFixed(1)} to ${((place + 1) / bins.length).toFixed(1)}`,
          ),
          element('td', {}, count(size)),
          element('td', {}, figure(confidence)),
          element('td', {}, figure(precision)),
        ),
      ),
    );
  });
  const titles = ['Score', 'Detections', 'Mean score', 'Right'];
  return [
    section(
      {
        id: 'calibration',
        title: 'Calibration',
        about: 'Bars that reach the dashed line mean what they say: of detections scored 0.8, 0.8 are right.',
      },
      note,
      element(
        'div',
        { class: 'charts' },
        chart.node,
        scrolling(
          'Calibration by score',
          element(
            'table',
            {},
            element(
              'thead',
              {},
              element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title))),
            ),
            rows,
          ),
        ),
      ),
    ),
  ];
}
