import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import type { BoxXywh, Detection } from '../detection.ts';
import type { CanvasContext } from './canvas-context.ts';
import { colorForClass } from './color-for-class.ts';
import { type DrawOptions, drawDetections } from './draw-detections.ts';

const person = (box: BoxXywh, score = 0.9): Detection => ({ label: 'person', classId: 1, score, box });
const [white, blue] = ['#ffffff', colorForClass(1).box];

function canvas(width = 200, height = 100): SKRSContext2D {
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = white;
  context.fillRect(0, 0, width, height);
  return context;
}

function colorAt(context: SKRSContext2D, x: number, y: number): string {
  const [r = 0, g = 0, b = 0] = context.getImageData(x, y, 1, 1).data;
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** The smallest rectangle that holds all pixels that are not white: x, y, width, height. */
function inked(context: SKRSContext2D): number[] {
  const { width, height } = context.canvas;
  const { data } = context.getImageData(0, 0, width, height);
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < width * height; i++) {
    if (data[i * 4] === 255 && data[i * 4 + 1] === 255 && data[i * 4 + 2] === 255) continue;
    xs.push(i % width);
    ys.push(Math.floor(i / width));
  }
  if (xs.length === 0) return [];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left + 1, Math.max(...ys) - top + 1];
}

const boxOnly: DrawOptions = { labels: false, lineWidth: 4 };

test('a box is a line inside its borders, and nothing within it is touched', () => {
  const context = canvas();
  drawDetections(context, [person({ x: 20, y: 30, width: 80, height: 50 })], boxOnly);
  expect(inked(context)).toEqual([20, 30, 80, 50]);
  expect(colorAt(context, 22, 50)).toBe(blue);
  expect(colorAt(context, 98, 50)).toBe(blue);
  expect(colorAt(context, 60, 31)).toBe(blue);
  expect(colorAt(context, 60, 78)).toBe(blue);
  expect(colorAt(context, 60, 55)).toBe(white);
});

test('a box as large as the picture is seen at all four borders', () => {
  const context = canvas();
  drawDetections(context, [person({ x: 0, y: 0, width: 200, height: 100 })], boxOnly);
  for (const [x, y] of [
    [1, 50],
    [198, 50],
    [100, 1],
    [100, 98],
  ] as const)
    expect(colorAt(context, x, y)).toBe(blue);
});

test('a box that reaches over the border is cut there; one outside draws nothing', () => {
  const context = canvas();
  drawDetections(context, [person({ x: 150, y: 60, width: 500, height: 500 })], boxOnly);
  expect(inked(context)).toEqual([150, 60, 50, 40]);
  const untouched = canvas();
  drawDetections(untouched, [person({ x: 300, y: 0, width: 50, height: 50 })]);
  expect(inked(untouched)).toEqual([]);
});

test('a box that is smaller than its line is filled', () => {
  const context = canvas();
  drawDetections(context, [person({ x: 50, y: 50, width: 3, height: 3 })], boxOnly);
  expect(colorAt(context, 51, 51)).toBe(blue);
});

test('a label stands above its box, in the colour of the class, with ink on it', () => {
  const context = canvas();
  drawDetections(context, [person({ x: 20, y: 40, width: 100, height: 50 })], { fontSize: 10 });
  expect(colorAt(context, 21, 40 - 12)).toBe(blue);
  expect(inked(context).slice(0, 2)).toEqual([20, 40 - 14]); // 1.35 font sizes, on whole pixels
  const { data } = context.getImageData(20, 27, 60, 12);
  expect([...data].some((value, i) => i % 4 < 3 && value < 40)).toBe(true);
});

test('a label that is too long is cut to the width of the picture', () => {
  const context = canvas(60, 100);
  drawDetections(context, [person({ x: 10, y: 40, width: 40, height: 50 })], {
    labels: () => 'a name that is much too long for this',
    fontSize: 10,
  });
  const [left = -1, , width = 0] = inked(context);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(left + width).toBeLessThanOrEqual(60);
  expect(width).toBeGreaterThan(40);
});

test('boxes are scaled from the picture to its place on the canvas', () => {
  const context = canvas();
  drawDetections(context, [person({ x: 100, y: 100, width: 200, height: 200 })], {
    ...boxOnly,
    imageSize: { width: 400, height: 400 },
    area: { x: 100, y: 10, width: 80, height: 80 },
  });
  expect(inked(context)).toEqual([120, 30, 40, 40]);
});

test("the context's transform applies", () => {
  const context = canvas();
  context.scale(2, 2);
  drawDetections(context, [person({ x: 10, y: 10, width: 30, height: 20 })], {
    ...boxOnly,
    area: { x: 0, y: 0, width: 100, height: 50 },
  });
  expect(inked(context)).toEqual([20, 20, 60, 40]);
});

test('detections below the threshold are left out', () => {
  const detections = [
    person({ x: 0, y: 0, width: 20, height: 20 }, 0.49),
    person({ x: 50, y: 50, width: 20, height: 20 }, 0.5),
  ];
  const context = canvas();
  drawDetections(context, detections, { ...boxOnly, scoreThreshold: 0.5 });
  expect(inked(context)).toEqual([50, 50, 20, 20]);
});

test('the best detection lies on top, whatever the order', () => {
  const place = { x: 20, y: 20, width: 50, height: 50 };
  const better = { ...person(place, 0.9), classId: 2 };
  for (const detections of [
    [person(place, 0.5), better],
    [better, person(place, 0.5)],
  ]) {
    const context = canvas();
    drawDetections(context, detections, boxOnly);
    expect(colorAt(context, 21, 40)).toBe(colorForClass(2).box);
  }
});

test('colours can be chosen', () => {
  const context = canvas();
  const colors = () => ({ box: '#010203', text: '#ffffff' });
  drawDetections(context, [person({ x: 20, y: 20, width: 50, height: 50 })], { ...boxOnly, colors });
  expect(colorAt(context, 22, 40)).toBe('#010203');
});

test("the caller's settings neither show in the drawing nor change", () => {
  const settings = {
    globalAlpha: 0.25,
    fillStyle: '#112233',
    strokeStyle: '#445566',
    lineWidth: 7,
    lineJoin: 'round',
    font: 'italic 9px serif',
    textAlign: 'right',
    textBaseline: 'top',
    shadowColor: '#ff0000',
    globalCompositeOperation: 'destination-over',
  } as const;
  const context = canvas();
  Object.assign(context, settings);
  context.setLineDash([3, 1]);
  const before = Object.fromEntries(
    Object.keys(settings).map((key) => [key, context[key as keyof typeof settings]]),
  );
  drawDetections(context, [person({ x: 20, y: 40, width: 100, height: 50 })]);
  for (const [key, value] of Object.entries(before))
    expect(context[key as keyof typeof settings], key).toEqual(value);
  expect(context.getLineDash()).toEqual([3, 1]);

  const plain = canvas();
  drawDetections(plain, [person({ x: 20, y: 40, width: 100, height: 50 })]);
  expect(context.getImageData(0, 0, 200, 100).data).toEqual(plain.getImageData(0, 0, 200, 100).data);
});

test('the state is restored when a label function throws', () => {
  const context = canvas();
  context.lineWidth = 7;
  const labels = () => {
    throw new RangeError('no label');
  };
  expect(() => drawDetections(context, [person({ x: 0, y: 0, width: 9, height: 9 })], { labels })).toThrow(
    RangeError,
  );
  expect(context.lineWidth).toBe(7);
});

test('without any font the label is written in dots', () => {
  const context = canvas();
  const fontless = new Proxy(context, {
    get: (target, key) => {
      if (key === 'measureText') return () => ({ width: 0 });
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  // Letters of 7 dots: each dot is one pixel at a font size of 7 / 0.72.
  drawDetections(fontless, [person({ x: 20, y: 40, width: 100, height: 50 })], {
    fontSize: 7 / 0.72,
    labels: () => 'I',
  });
  const { data } = context.getImageData(20, 40 - 13, 12, 13);
  expect([...data].filter((value, i) => i % 4 === 0 && value < 30).length).toBeGreaterThan(5);
});

test('pictures of 1 x 1 and 30,000 x 10, and no detections at all, are drawn without complaint', () => {
  for (const [width, height] of [
    [1, 1],
    [30_000, 10],
  ] as const) {
    drawDetections(canvas(width, height), [person({ x: 0, y: 0, width, height })]);
  }
  const context = canvas();
  drawDetections(context, []);
  expect(inked(context)).toEqual([]);
});

test.each<[string, DrawOptions]>([
  ['scoreThreshold is NaN.', { scoreThreshold: Number.NaN }],
  ['scoreThreshold is 1.5.', { scoreThreshold: 1.5 }],
  ['pixelRatio is 0.', { pixelRatio: 0 }],
  ['lineWidth is -1.', { lineWidth: -1 }],
  ['fontSize is Infinity.', { fontSize: Number.POSITIVE_INFINITY }],
  ['imageSize.width is 0.', { imageSize: { width: 0, height: 5 } }],
  ['The area has a box whose width is NaN.', { area: { x: 0, y: 0, width: Number.NaN, height: 1 } }],
])('%s is refused', (message, options) => {
  expect(() => drawDetections(canvas(), [], options)).toThrow(message);
  expect(() => drawDetections(canvas(), [], options)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test('boxes of another format are refused', () => {
  const corners = { label: 'person', classId: 1, score: 0.9, box: { x1: 0, y1: 0, x2: 5, y2: 5 } };
  expect(() => drawDetections(canvas(), [corners as unknown as Detection])).toThrow(/whose x is undefined/);
});

test('every kind of 2D context is accepted by its type', () => {
  const accepted = [
    (context: CanvasRenderingContext2D): CanvasContext => context,
    (context: OffscreenCanvasRenderingContext2D): CanvasContext => context,
    (context: SKRSContext2D): CanvasContext => context,
  ];
  expect(accepted.length).toBe(3);
});

test('tracks of one class have the colours of their ids, and a lost one is dashed', () => {
  const context = canvas();
  const track = (id: number, x: number, state: 'found' | 'lost') => ({
    ...person({ x, y: 10, width: 60, height: 60 }),
    id,
    state,
  });
  drawDetections(context, [track(2, 10, 'found'), track(3, 110, 'lost')], boxOnly);
  const leftEdge = (x: number): Set<string> =>
    new Set(Array.from({ length: 60 }, (_, row) => colorAt(context, x + 2, 10 + row)));
  expect(leftEdge(10)).toEqual(new Set([colorForClass(2).box]));
  expect(leftEdge(110)).toContain(colorForClass(3).box);
  expect(leftEdge(110)).toContain(white);
});
