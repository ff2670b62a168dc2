// Checks of single options: each gives the value back, or says what is wrong with it and what to pass.

import { SsdliteError } from '@ssdlite/layers';
import { nearestName } from './nearest-name.ts';

/** @throws SsdliteError `INVALID_ARGUMENT` for a name that is none of these, with the nearest one */
export function checkOptionNames(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new SsdliteError('INVALID_ARGUMENT', `There is no option '${name}'.`, {
      value: name,
      next: nearest ? `Did you mean '${nearest}'?` : `The options are: ${known.join(', ')}.`,
    });
  }
}

/** 0 to 1. */
export function fraction(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw invalidOption(name, { value, next: 'Pass a number from 0 to 1.' });
}

/** Over 0, and finite. */
export function positive(name: string, value: number): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw invalidOption(name, { value, next: 'Pass a number over 0.' });
}

/** A whole number of at least 1. */
export function count(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw invalidOption(name, { value, next: 'Pass a whole number of at least 1.' });
}

export function flag(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidOption(name, { value, next: 'Pass true or false.' });
}

/** Names or ids. */
export function list<T>(name: string, value: readonly T[]): readonly T[] {
  if (Array.isArray(value)) return value;
  throw invalidOption(name, { value, next: 'Pass an array of names or ids.' });
}

export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw invalidOption(name, {
    value,
    shown: JSON.stringify(value),
    next: `Pass one of: ${allowed.join(', ')}.`,
  });
}

/** The error of an option that has a wrong value. `shown` is how the message writes it, where that is not the value itself. */
export function invalidOption(
  name: string,
  {
    value,
    shown = String(value),
    next,
  }: { readonly value: unknown; readonly shown?: string; readonly next: string },
): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${name} is ${shown}.`, { value, next });
}
