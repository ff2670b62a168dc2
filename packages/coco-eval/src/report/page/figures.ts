// COCO's or LVIS's figures of the chosen category.

import type { Choice } from './choice.ts';
import { element, section } from './element.ts';
import { counted, figure } from './number-format.ts';

const meanings: Readonly<Record<string, string>> = {
  AP: 'IoU 0.50 to 0.95',
  AP50: 'IoU 0.50',
  AP75: 'IoU 0.75',
  small: 'up to 32² px',
  medium: '32² to 96² px',
  large: 'from 96² px',
  APr: 'rare categories',
  APc: 'common categories',
  APf: 'frequent categories',
  AR: 'IoU 0.50 to 0.95',
};

function meaning(name: string): string {
  const [, size] = /(small|medium|large)$/.exec(name) ?? [];
  const [, limit] = /^AR(\d+)$/.exec(name) ?? [];
  const isKeypoints = name === 'AR50' || name === 'AR75';
  if (limit !== undefined && !isKeypoints) return `${limit} a picture`;
  return meanings[size ?? name] ?? (isKeypoints ? `IoU 0.${limit}` : '');
}

export function figures(choice: Choice): HTMLElement {
  const list = element('dl', { class: 'figures' });
  const note = element('p', { class: 'about' });
  choice.followSubject(() => {
    const { stats, name, frequency, truths, detections } = choice.subject;
    const isGrouped = 'APr' in stats;
    list.replaceChildren(
      ...Object.entries(stats).map(([key, value], place) =>
        element(
          'div',
          {
            class: place === 0 ? 'main' : undefined,
            // Frequencies, and what follows them, begin a line.
            style: isGrouped && (key === 'APr' || /^AR\d+$/.test(key)) ? 'grid-column-start: 1' : undefined,
          },
          element('dt', {}, key, element('small', {}, meaning(key))),
          element('dd', { title: String(value) }, figure(value)),
        ),
      ),
    );
    const title = frequency === undefined ? name : `${name} (${frequency})`;
    note.textContent = `${title}: ${counted(truths, 'object')}, ${counted(detections, 'detection')}.`;
  });
  return section({ id: 'figures', title: 'Figures' }, note, list);
}
