// What each engine costs a visitor, as `npm run measure` of this folder measures it.

import type { BrowserEngineName } from 'ssdlite/browser';
import type { TextKey } from './texts/texts.ts';

export type EngineWish = BrowserEngineName | 'auto';

export interface EngineCost {
  readonly title: string;
  readonly note: TextKey;
  /** Of its code, compressed, in kB; it is fetched when the engine is chosen. */
  readonly kilobytes: number;
}

export const engineCosts: Readonly<Record<BrowserEngineName, EngineCost>> = {
  'tfjs-webgpu': { title: 'WebGPU', note: 'engineWebgpu', kilobytes: 120 },
  'tfjs-webgl': { title: 'WebGL', note: 'engineWebgl', kilobytes: 130 },
  'tfjs-wasm': { title: 'WebAssembly', note: 'engineWasm', kilobytes: 220 },
};

export const engineWishes: readonly EngineWish[] = [
  'auto',
  ...(Object.keys(engineCosts) as BrowserEngineName[]),
];
