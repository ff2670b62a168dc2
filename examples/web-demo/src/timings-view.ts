// How long each stage took: one bar in four parts, and the figures below it.

import type { Timings } from 'ssdlite/browser';
import { element, make } from './page-elements.ts';
import { milliseconds, text } from './texts/language.ts';

const stages = ['decode', 'preprocess', 'inference', 'postprocess'] as const;

export function showTimings(timings: Timings | undefined): void {
  element('total-time', HTMLElement).textContent = timings ? milliseconds(timings.total) : '';
  const view = element('timings', HTMLElement);
  if (!timings) {
    view.replaceChildren();
    return;
  }
  const bar = make('div', { class: 'timing-bar', 'aria-hidden': true });
  const list = make('dl', { class: 'timing-list' });
  for (const stage of stages) {
    const part = make('i', { 'data-stage': stage });
    part.style.flexGrow = String(Math.max(timings[stage], timings.total / 200));
    bar.append(part);
    list.append(
      make(
        'div',
        { 'data-stage': stage },
        make('dt', {}, text(stage)),
        make('dd', {}, milliseconds(timings[stage])),
      ),
    );
  }
  view.replaceChildren(bar, list);
}
