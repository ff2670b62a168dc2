// The bar that stays at the top: which category, which score threshold.

import type { Choice } from './choice.ts';
import { element } from './element.ts';
import { threshold } from './number-format.ts';

export function controls(choice: Choice): HTMLElement {
  const { subjects, thresholds } = choice.report;
  const select = element(
    'select',
    { id: 'subject' },
    ...subjects.map(({ name }, index) => element('option', { value: index }, name)),
  );
  const slider = element('input', {
    type: 'range',
    id: 'threshold',
    min: 0,
    max: thresholds.length - 1,
    step: 1,
  });
  const shown = element('output', { for: 'threshold' });
  const best = element('button', { type: 'button' }, 'Best F1');
  select.addEventListener('change', () => choice.chooseSubject(Number(select.value)));
  slider.addEventListener('input', () => choice.chooseStep(Number(slider.value)));
  best.addEventListener('click', () => choice.chooseStep('best'));
  choice.follow(() => {
    const text = threshold(choice.point.threshold);
    select.value = String(choice.subjectIndex);
    slider.value = String(choice.step);
    slider.setAttribute('aria-valuetext', text);
    shown.value = text;
  });
  return element(
    'div',
    { class: 'controls', role: 'group', 'aria-label': 'What is shown' },
    element('div', {}, element('label', { for: 'subject' }, 'Category'), select),
    element(
      'div',
      { class: 'score' },
      element('label', { for: 'threshold' }, 'Score from'),
      slider,
      shown,
      best,
    ),
  );
}
