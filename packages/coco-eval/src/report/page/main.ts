// The script of a report: reads the JSON in the page and builds the page of it.

import type { Report } from '../report-data.ts';
import { datasetPage } from './dataset-page.ts';
import { element } from './element.ts';
import { evaluationPage } from './evaluation-page.ts';
import { count } from './number-format.ts';
import { themeButton } from './theme.ts';

const report = JSON.parse(document.getElementById('report')?.textContent ?? '') as Report;

document.body.append(
  element('a', { class: 'skip', href: '#content' }, 'Skip to the content'),
  element(
    'header',
    {},
    element('h1', {}, report.title),
    themeButton(),
    element(
      'dl',
      { class: 'facts' },
      ...factsOf(report).map(([name, value]) =>
        element('div', {}, element('dt', {}, name), element('dd', {}, value)),
      ),
    ),
  ),
  element(
    'main',
    { id: 'content' },
    ...warnings(report),
    ...(report.kind === 'evaluation' ? evaluationPage(report) : datasetPage(report)),
  ),
);

function factsOf(shown: Report): readonly (readonly [string, string])[] {
  if (shown.kind === 'dataset') return shown.facts;
  const { images, categories, truths, detections } = shown.counts;
  return [
    ...shown.facts,
    ['Type', shown.type],
    ...(shown.rules === 'lvis' ? [['Rules', 'LVIS'] as const] : []),
    ['Pictures', count(images)],
    ['Categories', count(categories)],
    ['Objects', count(truths)],
    ['Detections', count(detections)],
  ];
}

function warnings(shown: Report): HTMLElement[] {
  if (shown.kind !== 'evaluation' || shown.warnings.length === 0) return [];
  const items = shown.warnings.map((text) => element('li', {}, text));
  return [
    element(
      'section',
      { class: 'warnings', 'aria-labelledby': 'warnings-title' },
      element('h2', { id: 'warnings-title' }, 'Warnings'),
      element('ul', {}, ...items),
    ),
  ];
}
