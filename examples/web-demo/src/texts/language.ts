// The language of the page: chosen by the visitor, else the browser's.

import { german, germanClasses } from './german.ts';
import { english, type TextKey, type Texts } from './texts.ts';

interface Language {
  readonly name: string;
  readonly texts: Texts;
  /** Names of COCO's classes; those that are missing stay English. */
  readonly classes: Readonly<Record<string, string>>;
}

export const languages = {
  en: { name: 'English', texts: english, classes: {} },
  de: { name: 'Deutsch', texts: german, classes: germanClasses },
} as const satisfies Record<string, Language>;

export type LanguageCode = keyof typeof languages;

let current: LanguageCode = 'en';

export function isLanguage(code: string): code is LanguageCode {
  return Object.hasOwn(languages, code);
}

/** The first language of the browser that the page speaks. */
export function preferredLanguage(): LanguageCode {
  const codes = navigator.languages.map((tag) => tag.slice(0, 2));
  return codes.find(isLanguage) ?? 'en';
}

export function language(): LanguageCode {
  return current;
}

/** Changes the language of everything that stands in the document: what has `data-text` or `data-label`. */
export function setLanguage(code: LanguageCode): void {
  current = code;
  document.documentElement.lang = code;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = text(element.dataset.text as TextKey);
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    element.setAttribute('aria-label', text(element.dataset.label as TextKey));
  }
}

/** A text, with what stands in braces filled in. */
export function text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return languages[current].texts[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** The name of a class. */
export function className(label: string): string {
  const { classes }: Language = languages[current];
  return classes[label] ?? label;
}

export function percent(share: number): string {
  return new Intl.NumberFormat(current, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

export function milliseconds(value: number): string {
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(current, { maximumFractionDigits }).format(value)} ms`;
}
