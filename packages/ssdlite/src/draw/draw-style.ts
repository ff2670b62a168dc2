// Line and letter sizes that suit a picture's size and a screen's density.

/** All in the context's units. */
export interface DrawStyle {
  readonly lineWidth: number;
  readonly fontSize: number;
  /** For boxes that are narrower than a label of `fontSize`: in a crowd, smaller labels hide less. */
  readonly smallFontSize: number;
}

export interface DrawStyleOptions {
  readonly lineWidth?: number | undefined;
  readonly fontSize?: number | undefined;
  readonly pixelRatio: number;
}

// Parts of the square root of the area: 13 px letters and 2 px lines on 640 x 480.
const fontPart = 0.0235;
const linePart = 0.0036;

/** Below these many CSS pixels letters cannot be read and lines flicker. */
const smallestFont = 10;
const thinnestLine = 1.5;

const smallFontPart = 0.78;

/** Height of a label in parts of its font size, and the room left and right of its letters. */
export const labelHeightPart = 1.35;
export const paddingPart = 0.3;

/** Sizes for a picture that is drawn `width` x `height` units large. */
export function drawStyle(size: { width: number; height: number }, options: DrawStyleOptions): DrawStyle {
  const { pixelRatio } = options;
  const side = Math.sqrt(size.width * size.height);
  const readable = smallestFont * pixelRatio;
  const wanted = options.fontSize ?? Math.max(readable, side * fontPart);
  // A label is never higher than the picture.
  const fontSize = Math.min(wanted, size.height / labelHeightPart);
  return {
    lineWidth: options.lineWidth ?? Math.max(thinnestLine * pixelRatio, side * linePart),
    fontSize,
    smallFontSize: options.fontSize
      ? fontSize
      : Math.min(fontSize, Math.max(readable, fontSize * smallFontPart)),
  };
}
