// What a page and its detector's worker say to each other.

import { SsdliteError, type SsdliteErrorCode } from '@ssdlite/layers';
import type { RawPixels } from '../../check-pixels.ts';
import type { DetectOptions } from '../../detect/detect-options.ts';
import type { Detection } from '../../detection.ts';
import type { Prediction, StreamResult } from '../../detector.ts';
import type { EngineChoice } from '../../engine.ts';
import type { WeightFiles } from '../read-weights.ts';

/** A picture that can be handed to a worker. */
export type SentPicture = ImageBitmap | VideoFrame | Blob | RawPixels | string;

/** Options of a call that are functions of the page; the worker tells what they are to be called with. */
export type Listeners = Pick<DetectOptions, 'onTimings' | 'onPartial' | 'onProgress' | 'onViews'>;

/** Options of a call, without what cannot be sent. */
export type SentOptions = Omit<DetectOptions, 'signal' | keyof Listeners>;

/** What a worker's detector can be asked for, with what comes back. */
export interface Calls {
  readonly one: Pick<StreamResult<unknown, unknown>, 'width' | 'height'> & {
    readonly detections: Detection<unknown>[];
  };
  readonly batch: Detection<unknown>[][];
  readonly prediction: Prediction;
}

/** From the page. */
export type ToWorker =
  | {
      readonly kind: 'load';
      /** See `BrowserEngineEntry.prepareWorker`. */
      readonly options: unknown;
    }
  /** After `load`, whose engine may still be starting. */
  | ({ readonly kind: 'start' } & WeightFiles)
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: keyof Calls;
      readonly images: readonly SentPicture[];
      readonly options: SentOptions;
      /** Those that the page has. */
      readonly listeners: readonly (keyof Listeners)[];
    }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'dispose' };

/** From the worker. */
export type FromWorker =
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly error: SentError }
  | {
      readonly kind: 'told';
      readonly id: number;
      readonly listener: keyof Listeners;
      /** What the listener takes. */
      readonly value: unknown;
    }
  | {
      readonly kind: 'result';
      readonly id: number;
      readonly value: Calls[keyof Calls];
      /** Set when the engine has changed. */
      readonly reason: EngineChoice['reason'];
    }
  | { readonly kind: 'error'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'disposed' };

/** An error that can be sent: its class is lost on the way. */
export interface SentError {
  /** Undefined for errors that are not ours. */
  readonly code: SsdliteErrorCode | undefined;
  /** What is wrong, without `next`. */
  readonly what: string;
  readonly next: string;
  readonly value: unknown;
}

/** An error, ready to be sent. */
export function sentError(error: unknown): SentError {
  if (error instanceof SsdliteError) {
    const { code, message, next, value } = error;
    const what = message.endsWith(` ${next}`) ? message.slice(0, -next.length - 1) : message;
    return { code, what, next, value: isPlain(value) ? value : undefined };
  }
  const what = error instanceof Error ? error.message : String(error);
  return { code: undefined, what, next: '', value: undefined };
}

/** The error that was sent. */
export function receivedError({ code, what, next, value }: SentError): Error {
  return code === undefined ? new Error(what) : new SsdliteError(code, what, { next, value });
}

function isPlain(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value);
}
