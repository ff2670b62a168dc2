// What page and worker say to each other.

/** To the worker: pictures, each with a number that its answer has too. */
export interface Task {
  readonly id: number;
  readonly picture: Blob;
}

export type Answer =
  | { readonly kind: 'ready'; readonly engine: string }
  | { readonly kind: 'failed'; readonly why: string }
  /** The picture as JPEG with the boxes on it, and how many objects of each class there are. */
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly drawn: Blob;
      readonly counts: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'wrong'; readonly id: number; readonly why: string };
