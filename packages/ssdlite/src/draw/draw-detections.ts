// Draws detections on a canvas: boxes first, then labels, which avoid one another.

import { SsdliteError } from '@ssdlite/layers';
import type { BoxXywh } from '../detection.ts';
import type { CanvasContext } from './canvas-context.ts';
import { type ClassColor, colorForClass } from './color-for-class.ts';
import { type DrawStyle, drawStyle, labelHeightPart, paddingPart } from './draw-style.ts';
import type { Drawable } from './drawable.ts';
import { fitText, labelTexts } from './label-text.ts';
import { placeLabels } from './place-labels.ts';
import { capitalHeight, type TextPainter, textPainter } from './text-painter.ts';

export interface DrawOptions {
  /** `false` for boxes only, or a function that words the label; `person 93%` by default, `#7 person 93%` for a track. */
  readonly labels?: boolean | ((detection: Drawable) => string);
  /** Detections with a lower score are left out; 0 by default. */
  readonly scoreThreshold?: number;
  /** Device pixels per CSS pixel (`devicePixelRatio`), which keeps lines and letters large enough; 1 by default. */
  readonly pixelRatio?: number;
  /** Where the picture lies on the canvas, in the context's units; the whole canvas by default. */
  readonly area?: BoxXywh;
  /** Size of the picture that the boxes were found on, in pixels; that of `area` by default. Boxes are scaled from it. */
  readonly imageSize?: { readonly width: number; readonly height: number };
  /** In the context's units; from the size of `area` by default. */
  readonly lineWidth?: number;
  /** In the context's units; from the size of `area` by default. */
  readonly fontSize?: number;
  /** A CSS list of font families; `sans-serif` by default. */
  readonly fontFamily?: string;
  /** The colours of a class, or of a track's id; `colorForClass` by default. */
  readonly colors?: (classOrTrackId: number) => ClassColor;
}

interface LabelOptions {
  readonly area: BoxXywh;
  readonly style: DrawStyle;
  readonly textsOf: (detection: Drawable) => readonly string[];
  readonly painter: TextPainter;
}

/** One box as it will be drawn: in the context's units, clipped to the area. */
interface Drawing {
  readonly detection: Drawable;
  readonly box: BoxXywh;
  readonly color: ClassColor;
}

/**
 * Draws boxes and labels. Labels never leave the picture, and where there is room they do not cover one another; the
 * best detection lies on top. Tracks are told apart by colour, and lost ones are dashed. The context's transform applies, and its
 * state is the same afterwards.
 *
 * @param detections with boxes as x, y, width, height in pixels of the picture (`boxFormat: 'xywh'`)
 * @throws SsdliteError `INVALID_ARGUMENT` for an option out of range, or a box that is not x, y, width, height
 *
 * @example
 * context.drawImage(photo, 0, 0);
 * drawDetections(context, await detector.detect(photo), { scoreThreshold: 0.5 });
 */
export function drawDetections(
  context: CanvasContext,
  detections: readonly Drawable[],
  options: DrawOptions = {},
): void {
  const { labels = true, pixelRatio = 1, fontFamily = 'sans-serif' } = options;
  checkOptions(options);
  const area = options.area ?? { x: 0, y: 0, width: context.canvas.width, height: context.canvas.height };
  checkBox(area, 'The area');
  const drawings = toDrawings(detections, area, options);
  const style = drawStyle(area, { pixelRatio, lineWidth: options.lineWidth, fontSize: options.fontSize });
  context.save();
  try {
    resetState(context);
    for (const drawing of drawings.toReversed()) drawBox(context, drawing, style.lineWidth);
    if (labels === false) return;
    const textsOf = typeof labels === 'function' ? (detection: Drawable) => [labels(detection)] : labelTexts;
    const painter = textPainter(context, fontFamily);
    drawLabels(context, drawings, { area, style, textsOf, painter });
  } finally {
    context.restore();
  }
}

/** Best score first. */
function toDrawings(detections: readonly Drawable[], area: BoxXywh, options: DrawOptions): Drawing[] {
  const { scoreThreshold = 0, colors = colorForClass } = options;
  const scaleX = options.imageSize ? area.width / options.imageSize.width : 1;
  const scaleY = options.imageSize ? area.height / options.imageSize.height : 1;
  return detections
    .filter(({ score }) => score >= scoreThreshold)
    .toSorted((a, b) => b.score - a.score)
    .map((detection) => {
      checkBox(detection.box, 'A detection');
      const { x, y, width, height } = detection.box;
      const left = clamp(area.x + x * scaleX, area.x, area.x + area.width);
      const top = clamp(area.y + y * scaleY, area.y, area.y + area.height);
      const right = clamp(area.x + (x + width) * scaleX, area.x, area.x + area.width);
      const bottom = clamp(area.y + (y + height) * scaleY, area.y, area.y + area.height);
      const box = { x: left, y: top, width: right - left, height: bottom - top };
      return { detection, box, color: colors(detection.id ?? detection.classId) };
    })
    .filter(({ box }) => box.width > 0 && box.height > 0);
}

/** The caller's settings must not tint, dash or blur what is drawn. */
function resetState(context: CanvasContext): void {
  context.globalAlpha = 1;
  context.globalCompositeOperation = 'source-over';
  context.shadowColor = 'transparent';
  context.lineJoin = 'miter';
  context.setLineDash([]);
}

/** The line lies inside the box, so that it shows at the picture's borders too; a dark rim sets it off from any colour. */
function drawBox(context: CanvasContext, { detection, box, color }: Drawing, lineWidth: number): void {
  const rim = lineWidth / 3;
  context.setLineDash(detection.state === 'lost' ? [lineWidth * 3, lineWidth * 2] : []);
  strokeInside(context, box, { lineWidth: lineWidth + rim, style: 'rgba(0, 0, 0, 0.45)' });
  strokeInside(context, box, { lineWidth, style: color.box });
}

function strokeInside(
  context: CanvasContext,
  box: BoxXywh,
  line: { lineWidth: number; style: string },
): void {
  const { x, y, width, height } = box;
  const { lineWidth, style } = line;
  if (width <= 2 * lineWidth || height <= 2 * lineWidth) {
    context.fillStyle = style;
    context.fillRect(x, y, width, height);
    return;
  }
  context.strokeStyle = style;
  context.lineWidth = lineWidth;
  context.strokeRect(x + lineWidth / 2, y + lineWidth / 2, width - lineWidth, height - lineWidth);
}

function drawLabels(
  context: CanvasContext,
  drawings: readonly Drawing[],
  { area, style, textsOf, painter }: LabelOptions,
): void {
  const labels = drawings
    .map(({ detection, box, color }) => {
      const texts = textsOf(detection);
      const isNarrow = painter.measure(texts[0] ?? '', style.fontSize) > box.width;
      const fontSize = isNarrow ? style.smallFontSize : style.fontSize;
      const padding = fontSize * paddingPart;
      const measure = (text: string) => painter.measure(text, fontSize);
      const text = fitText(texts, { maxWidth: area.width - 2 * padding, measure });
      const size = { width: measure(text) + 2 * padding, height: fontSize * labelHeightPart };
      return { text, box, color, fontSize, padding, ...size };
    })
    .filter(({ text }) => text !== '');
  const places = placeLabels(labels, area);
  for (const [index, { text, color, fontSize, padding }] of [...labels.entries()].toReversed()) {
    const place = places[index];
    if (!place) continue;
    context.fillStyle = color.box;
    context.fillRect(place.x, place.y, place.width, place.height);
    context.fillStyle = color.text;
    const y = place.y + (place.height + fontSize * capitalHeight) / 2;
    painter.write(text, { x: place.x + padding, y, fontSize });
  }
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

function checkBox(box: BoxXywh, what: string): void {
  for (const side of ['x', 'y', 'width', 'height'] as const) {
    const value: unknown = box?.[side];
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    throw new SsdliteError('INVALID_ARGUMENT', `${what} has a box whose ${side} is ${String(value)}.`, {
      value: box,
      next: "Pass boxes as { x, y, width, height }: boxFormat 'xywh', the default of detect().",
    });
  }
}

function checkOptions({ scoreThreshold, pixelRatio, lineWidth, fontSize, imageSize }: DrawOptions): void {
  if (scoreThreshold !== undefined && !(scoreThreshold >= 0 && scoreThreshold <= 1)) {
    throw optionError('scoreThreshold', scoreThreshold, 'Pass a number from 0 to 1.');
  }
  const sizes = {
    pixelRatio,
    lineWidth,
    fontSize,
    'imageSize.width': imageSize?.width,
    'imageSize.height': imageSize?.height,
  };
  for (const [name, value] of Object.entries(sizes)) {
    if (value === undefined || (value > 0 && Number.isFinite(value))) continue;
    throw optionError(name, value, 'Pass a number above 0.');
  }
}

function optionError(name: string, value: unknown, next: string): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${name} is ${String(value)}.`, { value, next });
}
