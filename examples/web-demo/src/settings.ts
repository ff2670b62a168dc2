// What the visitor has set; it is kept for the next visit.

import { type QualityLevel, qualityLevels } from 'ssdlite/browser';
import { type EngineWish, engineWishes } from './engine-costs.ts';

export interface Settings {
  /** 0.05 to 0.95. */
  readonly score: number;
  /** 0.1 to 0.9. */
  readonly iou: number;
  /** 1 to 100. */
  readonly maximum: number;
  readonly quality: QualityLevel;
  readonly engine: EngineWish;
}

export const defaultSettings: Settings = {
  score: 0.4,
  iou: 0.6,
  maximum: 50,
  quality: 'fast',
  engine: 'auto',
};

export const qualities: readonly QualityLevel[] = ['fast', ...keysOf(qualityLevels)];

const storageKey = 'ssdlite-demo';

/** Those of the last visit, as far as they make sense. Storage may be switched off, and may hold anything. */
export function storedSettings(): Settings {
  let stored: Partial<Record<keyof Settings, unknown>> = {};
  try {
    stored = Object(JSON.parse(localStorage.getItem(storageKey) ?? '{}'));
  } catch {
    // As on the first visit.
  }
  const within = (value: unknown, low: number, high: number): value is number =>
    typeof value === 'number' && value >= low && value <= high;
  return {
    score: within(stored.score, 0.05, 0.95) ? stored.score : defaultSettings.score,
    iou: within(stored.iou, 0.1, 0.9) ? stored.iou : defaultSettings.iou,
    maximum: within(stored.maximum, 1, 100) ? stored.maximum : defaultSettings.maximum,
    quality: qualities.find((level) => level === stored.quality) ?? defaultSettings.quality,
    engine: engineWishes.find((wish) => wish === stored.engine) ?? defaultSettings.engine,
  };
}

export function storeSettings(settings: Settings): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(settings));
  } catch {
    // The page works as well without.
  }
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[];
}
