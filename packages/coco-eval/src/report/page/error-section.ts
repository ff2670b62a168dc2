// Why AP is not higher: TIDE's six kinds of errors and what each costs.

import type { Choice } from './choice.ts';
import { element, section } from './element.ts';
import { count, threshold } from './number-format.ts';

const explained: Readonly<Record<string, readonly [name: string, what: string]>> = {
  classification: ['Classification', 'well placed, but another category'],
  localization: ['Localization', 'right category, badly placed'],
  both: ['Both', 'another category and badly placed'],
  duplicate: ['Duplicate', 'the object was found by a better detection'],
  background: ['Background', 'there is nothing'],
  missed: ['Missed', 'an object that no detection is about'],
};

export function errorSection(choice: Choice): HTMLElement {
  const rows = element('tbody');
  choice.followSubject(() => {
    const { errors } = choice.subject;
    const most = Math.max(0.01, ...errors.map(({ cost }) => cost));
    rows.replaceChildren(
      ...errors.map(({ kind, cost, count: times }) => {
        const [name, what] = explained[kind] ?? [kind, ''];
        return element(
          'tr',
          {},
          element('th', { scope: 'row' }, name, element('small', {}, what)),
          element(
            'td',
            { class: 'wide' },
            element(
              'span',
              { class: 'bar', style: `--share: ${(cost / most) * 100}%` },
              `+${cost.toFixed(3)}`,
            ),
          ),
          element('td', {}, count(times)),
        );
      }),
    );
  });
  return section(
    {
      id: 'errors',
      title: 'Errors',
      about: `By TIDE: the AP at IoU ${threshold(choice.report.iouThreshold)} that correcting all errors of one kind would add, over detections of every score. The gains do not add up, for errors hide one another.`,
    },
    element(
      'table',
      { class: 'errors' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, 'Kind'),
          element('th', { scope: 'col' }, 'AP it costs'),
          element('th', { scope: 'col' }, 'Count'),
        ),
      ),
      rows,
    ),
  );
}
