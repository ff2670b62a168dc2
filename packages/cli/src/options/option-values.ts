// Values of options as they are typed, checked while the command line is parsed.

import { InvalidArgumentError } from 'commander';
import type { BoxXywh } from 'ssdlite';

/** 0 to 1. */
export function fraction(text: string): number {
  const value = toNumber(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Give a number from 0 to 1.');
}

/** A fraction, or the word `calibrated`. */
export function scoreThreshold(text: string): number | 'calibrated' {
  return text === 'calibrated' ? text : fraction(text);
}

/** Over 0. */
export function positive(text: string): number {
  const value = toNumber(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number over 0.');
}

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = toNumber(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Give a whole number of at least 1.');
}

/** Pixels, or `auto`. */
export function tileSize(text: string): number | 'auto' {
  if (text.trim() === 'auto') return 'auto';
  const value = toNumber(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Give auto, or a whole number of pixels.');
}

/** `x,y,width,height` in pixels. */
export function region(text: string): BoxXywh {
  const [x = Number.NaN, y = Number.NaN, width = 0, height = 0, ...rest] = text.split(',').map(toNumber);
  const finite = [x, y, width, height].every(Number.isFinite);
  if (finite && rest.length === 0 && x >= 0 && y >= 0 && width >= 1 && height >= 1) {
    return { x, y, width, height };
  }
  throw new InvalidArgumentError('Give x,y,width,height in pixels, for instance 100,50,640,480.');
}

/** `300` or `WIDTHxHEIGHT`, in pixels. */
export function size(text: string): { readonly width: number; readonly height: number } {
  const [, width, height = width] = /^(\d+)(?:x(\d+))?$/i.exec(text.trim()) ?? [];
  if (width !== undefined && Number(width) >= 1 && Number(height) >= 1) {
    return { width: Number(width), height: Number(height) };
  }
  throw new InvalidArgumentError('Give pixels, for instance 320, or 320x240 (width x height).');
}

/** Names or ids of classes between commas; the option may be given more than once. */
export function classList(text: string, before: readonly (string | number)[] = []): (string | number)[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) {
    throw new InvalidArgumentError("Give names or ids between commas, for instance 'person,traffic light'.");
  }
  return [...before, ...names.map((name) => (/^\d+$/.test(name) ? Number(name) : name))];
}

/** NaN for what is not wholly a number; `Number` alone would take '' as 0. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
