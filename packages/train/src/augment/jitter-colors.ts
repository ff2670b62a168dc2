// Brightness, contrast, saturation and hue at random, as the SSD papers' photometric distortion has them (torchvision's defaults).

import type { SamplePixels } from '../sample.ts';
import type { Random } from './random.ts';

/** How far colours may go. */
export interface ColorJitter {
  /** Chance of each of the four changes. Default 0.5. */
  readonly chance?: number;
  /** Brightness is multiplied by 1 ± this. Default 0.125. */
  readonly brightness?: number;
  /** Contrast by 1 ± this. Default 0.5. */
  readonly contrast?: number;
  /** Saturation by 1 ± this. Default 0.5. */
  readonly saturation?: number;
  /** Hue turns by ± this share of the circle. Default 0.05. */
  readonly hue?: number;
}

/** Weights of red, green and blue in brightness (ITU-R BT.601). */
const luma = [0.299, 0.587, 0.114] as const;

/** Changes the colours of a picture; its values stay in 0 to 255. */
export function jitterColors(pixels: SamplePixels, jitter: ColorJitter, random: Random): SamplePixels {
  const { chance = 0.5, brightness = 0.125, contrast = 0.5, saturation = 0.5, hue = 0.05 } = jitter;
  // Drawn whether used or not, so that what follows does not depend on it.
  const draw = (reach: number): number => {
    const by = random.between(-reach, reach);
    return random.uniform() < chance ? by : 0;
  };
  const light = 1 + draw(brightness);
  const steep = 1 + draw(contrast);
  const vivid = 1 + draw(saturation);
  const turn = draw(hue) * 2 * Math.PI;
  const data = Float32Array.from(pixels.data);
  const mean = (light * meanLuma(data) * (1 - steep)) / steep;
  // All four are linear, so that they are one matrix and one sum.
  const matrix = multiply(hueMatrix(turn), saturationMatrix(vivid));
  for (let at = 0; at < data.length; at += 3) {
    const r = light * (data[at] as number) * steep + mean * steep;
    const g = light * (data[at + 1] as number) * steep + mean * steep;
    const b = light * (data[at + 2] as number) * steep + mean * steep;
    for (let row = 0; row < 3; row++) {
      const [x = 0, y = 0, z = 0] = matrix[row] ?? [];
      data[at + row] = Math.min(Math.max(x * r + y * g + z * b, 0), 255);
    }
  }
  return { ...pixels, data };
}

type Matrix = readonly (readonly number[])[];

function meanLuma(data: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < data.length; at++) sum += (luma[at % 3] as number) * (data[at] as number);
  return data.length === 0 ? 0 : sum / (data.length / 3);
}

/** Mixes with grey: 0 is grey, 1 leaves colours as they are. */
function saturationMatrix(by: number): Matrix {
  return [0, 1, 2].map((row) => luma.map((weight, column) => weight * (1 - by) + (row === column ? by : 0)));
}

/** Turns colours about the axis of greys (Rodrigues' formula about (1, 1, 1)). */
function hueMatrix(angle: number): Matrix {
  const cosine = Math.cos(angle);
  const grey = (1 - cosine) / 3;
  const sine = Math.sin(angle) / Math.sqrt(3);
  return [
    [cosine + grey, grey - sine, grey + sine],
    [grey + sine, cosine + grey, grey - sine],
    [grey - sine, grey + sine, cosine + grey],
  ];
}

function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((row) =>
    [0, 1, 2].map((column) => row.reduce((sum, x, k) => sum + x * (b[k]?.[column] ?? 0), 0)),
  );
}
