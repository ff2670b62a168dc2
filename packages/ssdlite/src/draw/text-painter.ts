// Writes labels with the canvas's font, or, where it has none, with dots.

import type { CanvasContext } from './canvas-context.ts';
import { capHeight, glyph, glyphWidth } from './pixel-font.ts';

/** Measures and writes text. Sizes are heights of the font's em. */
export interface TextPainter {
  measure(text: string, fontSize: number): number;
  /** Writes to the right of `x` on the base line `y`, in the context's fill style. */
  write(text: string, at: { x: number; y: number; fontSize: number }): void;
}

/** Height of a capital letter, in parts of the font size. */
export const capitalHeight = 0.72;

/**
 * A painter for the context, whose font it sets: the caller saves and restores the context's state.
 *
 * @param fontFamily a CSS list of families
 */
export function textPainter(context: CanvasContext, fontFamily: string): TextPainter {
  const setFont = (fontSize: number) => {
    context.font = `bold ${fontSize}px ${fontFamily}`;
  };
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  setFont(16);
  // On a machine without fonts, canvases draw nothing and measure 0.
  if (context.measureText('M').width === 0) return dotPainter(context);
  return {
    measure(text, fontSize) {
      setFont(fontSize);
      return context.measureText(text).width;
    },
    write(text, { x, y, fontSize }) {
      setFont(fontSize);
      context.fillText(text, x, y);
    },
  };
}

function dotPainter(context: CanvasContext): TextPainter {
  const dotOf = (fontSize: number) => (fontSize * capitalHeight) / capHeight;
  return {
    measure(text, fontSize) {
      const dots = [...text].length * (glyphWidth + 1) - 1;
      return Math.max(0, dots) * dotOf(fontSize);
    },
    write(text, { x, y, fontSize }) {
      const dot = dotOf(fontSize);
      for (const [index, character] of [...text].entries()) {
        const left = x + index * (glyphWidth + 1) * dot;
        for (const [row, dots] of glyph(character).entries()) {
          // Neighbouring dots as one stroke: seams between rectangles would show.
          for (const { 0: run, index: from } of dots.matchAll(/#+/g)) {
            context.fillRect(left + from * dot, y + (row - capHeight) * dot, run.length * dot, dot);
          }
        }
      }
    },
  };
}
