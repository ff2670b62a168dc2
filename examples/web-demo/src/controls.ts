// Sliders and choices of quality and engine.

import { browserEngines, qualityLevels } from 'ssdlite/browser';
import { type EngineWish, engineCosts, engineWishes } from './engine-costs.ts';
import { element, make } from './page-elements.ts';
import { qualities, type Settings } from './settings.ts';
import { language, percent, text } from './texts/language.ts';

interface Slider {
  readonly name: 'score' | 'iou' | 'maximum';
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly format: (value: number) => string;
}

const sliders: readonly Slider[] = [
  { name: 'score', min: 0.05, max: 0.95, step: 0.01, format: percent },
  { name: 'iou', min: 0.1, max: 0.9, step: 0.05, format: percent },
  { name: 'maximum', min: 1, max: 100, step: 1, format: String },
];

/** What `max` and the others cost, in passes of `fast` (docs/quality.md). */
const qualityCosts = { fast: 1, balanced: 4, high: 8, max: 16 } as const;

/** The settings as the visitor sees and changes them. */
export class Controls {
  readonly #onChange: (change: Partial<Settings>) => void;
  /** Why an engine cannot run here, or would be slow; known once the browser has been asked. */
  readonly #fitness = new Map<string, { readonly missing?: string; readonly slow?: string }>();

  constructor(onChange: (change: Partial<Settings>) => void) {
    this.#onChange = onChange;
  }

  /** Asks the browser which engines it has. */
  async probe(): Promise<void> {
    for (const { name, probe } of browserEngines) this.#fitness.set(name, await probe());
  }

  /** Makes everything, in the present language. */
  render(settings: Settings): void {
    element('sliders', HTMLElement).replaceChildren(
      ...sliders.map((slider) => this.#slider(slider, settings)),
    );
    const qualityNames = qualities.map((level) => this.#segment(level, settings));
    element('quality', HTMLElement).replaceChildren(...qualityNames);
    element('quality-explanation', HTMLElement).textContent = explanation(settings);
    element('engines', HTMLElement).replaceChildren(
      ...engineWishes.map((wish) => this.#engineCard(wish, settings)),
    );
  }

  #slider({ name, min, max, step, format }: Slider, settings: Settings): HTMLElement {
    const isUnused = name === 'iou' && settings.quality !== 'fast';
    const value = settings[name];
    const output = make('span', { class: 'value' }, format(value));
    const input = make('input', {
      type: 'range',
      id: `slider-${name}`,
      min,
      max,
      step,
      value,
      disabled: isUnused,
      'aria-valuetext': format(value),
      'aria-describedby': isUnused ? 'iou-unused' : undefined,
    });
    const fillShare = () =>
      input.style.setProperty('--share', String((input.valueAsNumber - min) / (max - min)));
    fillShare();
    input.addEventListener('input', () => {
      output.textContent = format(input.valueAsNumber);
      input.setAttribute('aria-valuetext', format(input.valueAsNumber));
      fillShare();
      this.#onChange({ [name]: input.valueAsNumber });
    });
    const note = isUnused ? [make('p', { class: 'explanation', id: 'iou-unused' }, text('iouUnused'))] : [];
    const head = make(
      'div',
      { class: 'slider-head' },
      make('label', { for: `slider-${name}` }, text(name)),
      output,
    );
    return make('div', { class: 'slider' }, head, input, ...note);
  }

  #segment(level: Settings['quality'], settings: Settings): HTMLElement {
    const input = make('input', {
      type: 'radio',
      name: 'quality',
      value: level,
      checked: level === settings.quality,
    });
    input.addEventListener('change', () => this.#onChange({ quality: level }));
    return make('label', { class: 'segment' }, input, make('span', {}, text(level)));
  }

  #engineCard(wish: EngineWish, settings: Settings): HTMLElement {
    const { missing, slow } = this.#fitness.get(wish) ?? {};
    const input = make('input', {
      type: 'radio',
      name: 'engine',
      value: wish,
      checked: wish === settings.engine,
      disabled: missing !== undefined,
    });
    input.addEventListener('change', () => this.#onChange({ engine: wish }));
    const cost = wish === 'auto' ? undefined : engineCosts[wish];
    const title = make('b', {}, cost?.title ?? text('engineAuto'));
    const note = text(missing ? 'engineMissing' : slow ? 'engineSlow' : (cost?.note ?? 'engineAutoNote'));
    const size = cost && new Intl.NumberFormat(language()).format(cost.kilobytes);
    const download = size ? [make('span', { class: 'cost' }, text('engineDownload', { size }))] : [];
    return make(
      'label',
      { class: 'engine', title: missing ?? slow },
      input,
      make('span', { class: 'engine-text' }, title, ` ${note}`),
      ...download,
    );
  }
}

function explanation({ quality }: Settings): string {
  if (quality === 'fast') return text('qualityFast');
  return text('qualityMore', { looks: qualityLevels[quality].length, cost: qualityCosts[quality] });
}
