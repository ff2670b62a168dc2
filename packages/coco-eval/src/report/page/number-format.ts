// Numbers as the page writes them.

const counts = new Intl.NumberFormat('en');

/** Figures from 0 to 1 with three decimals; a dash where there is nothing to measure. */
export function figure(value: number): string {
  return value < 0 ? '–' : value.toFixed(3);
}

/** 12,345. */
export function count(value: number): string {
  return counts.format(value);
}

/** 1 object, 2 objects. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A score threshold: two decimals for those that a slider stops at, more for one that is a detection's score. */
export function threshold(value: number): string {
  const short = value.toFixed(2);
  return Math.abs(Number(short) - value) < 1e-9 ? short : value.toFixed(4);
}
