// Values of options as they are typed.

import { CocoEvalError } from '../../error.ts';
import { type AreaRange, linspace } from '../../metric/params.ts';

/** What is typed wrongly. */
export function wrongOption(option: string, text: string, next: string): CocoEvalError {
  return new CocoEvalError('INVALID_ARGUMENT', `--${option} cannot be '${text}'.`, { value: text, next });
}

/** Numbers between commas. */
export function numberList(option: string, text: string): number[] {
  const numbers = text.split(',').map(toNumber);
  if (numbers.some(Number.isNaN))
    throw wrongOption(option, text, 'Write numbers between commas, as 1,10,100.');
  return numbers;
}

/** One number. */
export function oneNumber(option: string, text: string): number {
  const value = toNumber(text);
  if (Number.isNaN(value)) throw wrongOption(option, text, 'Write a number.');
  return value;
}

/** `0.5:0.95`, `0.5:0.95:0.05` or numbers between commas; steps as numpy's linspace, so that they are pycocotools' to the last bit. */
export function thresholds(option: string, text: string, defaultStep: number): number[] {
  if (!text.includes(':')) return numberList(option, text);
  const [start = Number.NaN, stop = Number.NaN, step = defaultStep, ...rest] = text.split(':').map(toNumber);
  const count = Math.round((stop - start) / step) + 1;
  if (rest.length > 0 || !(step > 0) || !(count >= 2 && count <= 10_001)) {
    throw wrongOption(
      option,
      text,
      `Write first:last or first:last:step, as 0:1:${defaultStep}, or numbers between commas.`,
    );
  }
  return linspace(start, stop, count);
}

/** `small=0:1024,large=1024:1e10`; objects of all sizes are always looked at. */
export function areaRanges(option: string, text: string): AreaRange[] {
  const ranges = text.split(',').map((part): AreaRange => {
    const [, label = '', min = '', max = ''] = /^([^=]+)=([^:]+):([^:]+)$/.exec(part) ?? [];
    const range = { label: label.trim(), min: toNumber(min), max: toNumber(max) };
    if (range.label !== '' && range.min <= range.max) return range;
    throw wrongOption(option, text, 'Write label=min:max between commas, as small=0:1024,medium=1024:9216.');
  });
  const all = { label: 'all', min: 0, max: 1e10 };
  return ranges.some(({ label }) => label === 'all') ? ranges : [all, ...ranges];
}

/** Names between commas. */
export function nameList(option: string, text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0)
    throw wrongOption(option, text, 'Write names or ids between commas, as person,dog.');
  return names;
}

/** NaN for what is not wholly a number; `Number` alone would take '' as 0. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
