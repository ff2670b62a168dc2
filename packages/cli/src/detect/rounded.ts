// Numbers as results files have them: beyond these digits lies only the noise of engines.

/** To a thousandth of a pixel. */
export const pixel = (value: number): number => Math.round(value * 1e3) / 1e3;

/** A score, to a millionth. */
export const part = (value: number): number => Math.round(value * 1e6) / 1e6;
