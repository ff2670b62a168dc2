// The list of what was found, and the classes by which it can be narrowed.

import { colorForClass, type Drawable } from 'ssdlite/draw';
import { element, make } from './page-elements.ts';
import { className, percent, text } from './texts/language.ts';
import type { ClassCount } from './visible-detections.ts';

interface Row {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly name: HTMLElement;
  readonly score: HTMLElement;
  readonly bar: HTMLElement;
}

/** Rows are kept and filled anew: in a video they change with every frame, and must not lose pointer or focus. */
export class ResultsList {
  readonly #list = element('results', HTMLOListElement);
  readonly #nothing = element('nothing', HTMLElement);
  readonly #onPoint: (detection: Drawable | undefined) => void;
  readonly #rows: Row[] = [];
  #detections: readonly Drawable[] = [];

  /** @param onPoint receives the detection whose row has the pointer or the keyboard's focus */
  constructor(onPoint: (detection: Drawable | undefined) => void) {
    this.#onPoint = onPoint;
  }

  show(detections: readonly Drawable[], emptyText: string): void {
    this.#detections = detections;
    this.#nothing.hidden = detections.length > 0;
    this.#nothing.textContent = emptyText;
    while (this.#rows.length < detections.length) this.#addRow();
    for (const [index, row] of this.#rows.entries()) {
      const detection = detections[index];
      row.item.hidden = detection === undefined;
      if (detection) fill(row, detection);
    }
  }

  highlight(detection: Drawable | undefined): void {
    for (const [index, { button, item }] of this.#rows.entries()) {
      const isHighlighted = detection !== undefined && this.#detections[index] === detection;
      button.classList.toggle('is-highlighted', isHighlighted);
      if (isHighlighted && !button.matches(':hover, :focus')) scrollWithin(this.#list, item);
    }
  }

  #addRow(): void {
    const index = this.#rows.length;
    const [name, score, bar] = [make('span', { class: 'name' }), make('span', { class: 'score' }), make('i')];
    const swatch = make('span', { class: 'swatch', 'aria-hidden': true });
    const track = make('span', { class: 'bar', 'aria-hidden': true }, bar);
    const button = make('button', { type: 'button' }, swatch, name, track, score);
    const item = make('li', {}, button);
    const point = () => this.#onPoint(this.#detections[index]);
    const leave = () => this.#onPoint(undefined);
    button.addEventListener('pointerenter', point);
    button.addEventListener('focus', point);
    button.addEventListener('click', point);
    button.addEventListener('pointerleave', leave);
    button.addEventListener('blur', leave);
    this.#list.append(item);
    this.#rows.push({ item, button, name, score, bar });
  }
}

function fill({ button, name, score, bar }: Row, detection: Drawable): void {
  const { label, id, classId, score: share } = detection;
  button.style.setProperty('--color', colorForClass(id ?? classId).box);
  button.classList.toggle('is-lost', detection.state === 'lost');
  name.textContent = id === undefined ? className(label) : `#${id} ${className(label)}`;
  score.textContent = percent(share);
  bar.style.width = `${share * 100}%`;
}

/** Scrolls the list alone, never the page under the visitor's hand. */
function scrollWithin(list: HTMLElement, item: HTMLElement): void {
  const top = item.offsetTop - list.offsetTop;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + item.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top + item.offsetHeight - list.clientHeight;
  }
}

/** One button per class with its count; picked ones are pressed. */
export class ClassFilter {
  readonly #group = element('classes', HTMLElement);
  readonly #onToggle: (classId: number) => void;
  #key = '';

  constructor(onToggle: (classId: number) => void) {
    this.#onToggle = onToggle;
  }

  show(counts: readonly ClassCount[], picked: ReadonlySet<number>): void {
    // Made anew only where something changed: the focus stays where it is.
    const key = JSON.stringify([counts, [...picked], text('classes')]);
    if (key === this.#key) return;
    this.#key = key;
    const focused = document.activeElement?.getAttribute('data-class');
    this.#group.replaceChildren(
      ...counts.map(({ classId, label, count }) => {
        const swatch = make('span', { class: 'swatch', 'aria-hidden': true });
        const chip = make(
          'button',
          { type: 'button', 'data-class': classId, 'aria-pressed': String(picked.has(classId)) },
          swatch,
          className(label),
          make('b', {}, String(count)),
        );
        chip.style.setProperty('--color', colorForClass(classId).box);
        chip.addEventListener('click', () => this.#onToggle(classId));
        return chip;
      }),
    );
    this.#group.hidden = counts.length < 2 && picked.size === 0;
    if (focused) this.#group.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
  }
}
