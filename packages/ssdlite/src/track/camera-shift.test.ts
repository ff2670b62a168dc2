import { expect, test } from 'vitest';
import type { BoxXywh } from '../detection.ts';
import { cameraShift } from './camera-shift.ts';

const places: BoxXywh[] = [
  { x: 0, y: 0, width: 40, height: 80 },
  { x: 100, y: 30, width: 50, height: 50 },
  { x: 260, y: 10, width: 20, height: 60 },
  { x: 30, y: 200, width: 90, height: 40 },
];
const moved = (boxes: readonly BoxXywh[], x: number, y: number): BoxXywh[] =>
  boxes.map((box) => ({ ...box, x: box.x + x, y: box.y + y }));
const any = () => true;

test('Boxes that all moved alike tell the shift', () => {
  expect(cameraShift(places, moved(places, 55, -30), any)).toEqual({ x: 55, y: -30 });
});

test('One that moved on its own, one that is gone and one that is new do not hide it', () => {
  const found = [
    ...moved(places.slice(0, 3), 55, -30),
    { x: 500, y: 500, width: 90, height: 40 },
    { x: 300, y: 300, width: 30, height: 30 },
  ];
  expect(cameraShift(places, found, any)).toEqual({ x: 55, y: -30 });
});

test('Boxes that are where they were expected need none', () => {
  expect(cameraShift(places, moved(places, 3, 2), any)).toEqual({ x: 0, y: 0 });
});

test('Two do not make a camera, and neither do boxes that move apart', () => {
  const none = { x: 0, y: 0 };
  expect(cameraShift(places.slice(0, 2), moved(places.slice(0, 2), 55, 0), any)).toEqual(none);
  const apart = places.flatMap((box, index) => moved([box], (index - 1.5) * 70, 0));
  expect(cameraShift(places, apart, any)).toEqual(none);
  expect(cameraShift([], places, any)).toEqual(none);
  expect(cameraShift(places, [], any)).toEqual(none);
});

test('Boxes that cannot be of one object say nothing', () => {
  expect(cameraShift(places, moved(places, 55, -30), () => false)).toEqual({ x: 0, y: 0 });
});
