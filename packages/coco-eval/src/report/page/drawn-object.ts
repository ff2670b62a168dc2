// An object or a detection on a picture: its box, the outline of its mask, or its keypoints.

import type { BoxKind, ReportBox, ReportKeypoints, ReportSkeleton } from '../report-data.ts';
import { svgElement } from './element.ts';

export const kindNames: Readonly<Record<BoxKind, string>> = {
  right: 'right detection',
  wrong: 'false positive',
  found: 'found object',
  missed: 'missed object',
  plain: 'object',
  broken: 'broken box',
};

export interface DrawOptions {
  /** Of the picture, in its pixels. */
  readonly width: number;
  readonly height: number;
  /** Large, with labels. */
  readonly labelled: boolean;
  readonly skeletons: readonly ReportSkeleton[];
}

/** Everything on a picture; labels come last, where no area or line is over them. */
export function drawnObjects(objects: readonly ReportBox[], options: DrawOptions): SVGElement[] {
  const shapes = objects.map((object) => drawn(object, shape(object, options)));
  const labels = options.labelled ? objects.map((object) => drawn(object, [labelOf(object, options)])) : [];
  return [...shapes, ...labels];
}

function drawn(object: ReportBox, parts: readonly SVGElement[]): SVGElement {
  return svgElement('g', { class: `box ${object.kind}` }, svgElement('title', {}, titleOf(object)), ...parts);
}

function titleOf({ kind, label }: ReportBox): string {
  return `${kindNames[kind]}: ${label}`;
}

function shape(object: ReportBox, options: DrawOptions): SVGElement[] {
  const { outline, keypoints } = object;
  if (outline) return [svgElement('path', { class: 'area', d: outline.map(closedLine).join('') })];
  if (keypoints) return drawnKeypoints(keypoints, object, options);
  const [x, y, width, height] = object.box;
  return [svgElement('rect', { x, y, width: Math.max(width, 0), height: Math.max(height, 0) })];
}

function closedLine(ring: readonly number[]): string {
  const [x, y, ...rest] = ring;
  return `M${x} ${y}L${rest.join(' ')}Z`;
}

function drawnKeypoints(
  { points, skeleton }: ReportKeypoints,
  object: ReportBox,
  { width, height, labelled, skeletons }: DrawOptions,
): SVGElement[] {
  const [, , boxWidth, boxHeight] = extent(object);
  const { names = [], bones = [] } = skeletons[skeleton] ?? {};
  const place = (point: number): string => `${points[point * 3]} ${points[point * 3 + 1]}`;
  const visibility = (point: number): number => points[point * 3 + 2] ?? 0;
  const lines = bones
    .filter((bone) => bone.every((point) => visibility(point) > 0))
    .map(([from, to]) => `M${place(from)}L${place(to)}`)
    .join('');
  // Points are as large on every picture, but no blots on small objects.
  const r = Math.min(
    Math.max(width, height) / (labelled ? 180 : 100),
    Math.max(boxWidth, boxHeight, 28) / 28,
  );
  const shown = Array.from({ length: points.length / 3 }, (_, point) => point).filter(
    (point) => visibility(point) > 0,
  );
  return [
    // The dark edge is what can be seen on a picture of the line's own colour.
    ...(lines === ''
      ? []
      : [svgElement('path', { class: 'edge', d: lines }), svgElement('path', { class: 'bones', d: lines })]),
    ...shown.map((point) => {
      const hidden = visibility(point) === 1;
      const name = `${names[point] ?? `keypoint ${point + 1}`}${hidden ? ' (hidden)' : ''}`;
      return svgElement(
        'circle',
        { class: hidden ? 'hidden' : 'seen', cx: points[point * 3], cy: points[point * 3 + 1], r },
        svgElement('title', {}, `${titleOf(object)}, ${name}`),
      );
    }),
  ];
}

/** Objects are named at the bottom of their boxes and detections at the top, so that both can be read. */
function labelOf(object: ReportBox, { width, height }: DrawOptions): SVGElement {
  const { kind, label } = object;
  const [x, y, , boxHeight] = extent(object);
  const size = Math.max(width, height) / 65;
  const isObject = kind === 'found' || kind === 'missed';
  const bottom = y + boxHeight;
  // Inside of boxes and areas, but below the points, which it would hide.
  const below = object.keypoints ? Math.min(bottom + size * 1.2, height - size * 0.3) : bottom - size * 0.3;
  const line = isObject ? below : y < size * 1.2 ? y + size : y - size * 0.25;
  // Bold letters are some six tenths as wide as they are high. What would end outside of the picture ends at its edge.
  const isCut = x + label.length * size * 0.6 > width;
  return svgElement(
    'text',
    {
      x: isCut ? width - size * 0.2 : x + size * 0.2,
      y: line,
      'font-size': size,
      'text-anchor': isCut ? 'end' : undefined,
    },
    label,
  );
}

/** The box around what is drawn. */
function extent({ box, keypoints }: ReportBox): ReportBox['box'] {
  if (!keypoints) return box;
  const isShown = (at: number): boolean => (keypoints.points[at - (at % 3) + 2] ?? 0) > 0;
  const [xs, ys] = [0, 1].map((axis) =>
    keypoints.points.filter((_, at) => at % 3 === axis && isShown(at)),
  ) as [number[], number[]];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}
