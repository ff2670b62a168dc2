// What each engine costs a visitor; test/browser/web-demo.test.ts compares it with what is built.

import type { BrowserEngineName, EngineWish as SdkEngineWish } from 'ssdlite/browser';
import { litert } from 'ssdlite/browser/litert';
import type { TextKey } from './texts/texts.ts';

export type EngineWish = BrowserEngineName | 'auto';

export interface EngineCost {
  readonly title: string;
  readonly note: TextKey;
  /** Of its code, compressed, in kB; it is fetched when the engine is chosen. */
  readonly kilobytes: number;
}

export const engineCosts: Readonly<Record<BrowserEngineName, EngineCost>> = {
  'tfjs-webgpu': { title: 'WebGPU', note: 'engineWebgpu', kilobytes: 103 },
  'tfjs-webgl': { title: 'WebGL', note: 'engineWebgl', kilobytes: 123 },
  'tfjs-wasm': { title: 'WebAssembly', note: 'engineWasm', kilobytes: 271 },
  'litert-wasm': { title: 'LiteRT', note: 'engineLitert', kilobytes: 2980 },
};

export const engineWishes: readonly EngineWish[] = [
  'auto',
  ...(Object.keys(engineCosts) as BrowserEngineName[]),
];

/** What `createDetector` is asked for. */
export function engineOption(wish: EngineWish): SdkEngineWish {
  return wish === 'litert-wasm' ? litert() : wish;
}
