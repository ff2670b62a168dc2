// What the page and the worker that trains say to each other.

/** A labelled picture. */
export interface LabelledPicture {
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly boxes: readonly LabelledBox[];
}

/** In pixels of the picture. */
export interface LabelledBox {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type ToWorker =
  | { readonly kind: 'train'; readonly pictures: readonly LabelledPicture[]; readonly steps: number }
  | { readonly kind: 'stop' };

export type FromWorker =
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly picturesPerSecond: number;
    }
  | {
      readonly kind: 'done';
      readonly manifest: unknown;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly steps: number;
    }
  | { readonly kind: 'failed'; readonly message: string };
