// What drawing needs of a canvas: the part that the browser's contexts, `canvas` and `@napi-rs/canvas` share.

/**
 * A 2D context. `CanvasRenderingContext2D`, `OffscreenCanvasRenderingContext2D` and those of the npm packages
 * `canvas` and `@napi-rs/canvas` all are one.
 */
export interface CanvasContext {
  readonly canvas: { readonly width: number; readonly height: number };
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineJoin: string;
  font: string;
  textAlign: string;
  textBaseline: string;
  globalAlpha: number;
  globalCompositeOperation: string;
  shadowColor: string;
  save(): void;
  restore(): void;
  setLineDash(segments: number[]): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
}
