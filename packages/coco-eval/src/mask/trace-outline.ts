// The outline of a mask: the closed lines between its pixels and the others, from its runs and without a bitmap.

import type { Rle } from './rle.ts';

/** Corners of a closed line: x, y, x, y, … in pixels from the top left of the image; the last joins the first. */
export type Ring = readonly number[];

/**
 * All rings of a mask, those of its holes too: what is inside is told by the even-odd rule. Corners may lie on straight lines.
 * Takes time and memory with the number of runs and columns, not of pixels.
 */
export function traceOutline(rle: Rle): Ring[] {
  const edges = new Edges(rle.height);
  let before: readonly number[] = [];
  let last = -1;
  eachColumn(rle, (x, spans) => {
    // Between two columns that have spans there may be some that have none.
    if (x > last + 1) {
      edges.between(before, [], last + 1);
      before = [];
    }
    edges.between(before, spans, x);
    edges.ends(spans, x);
    before = spans;
    last = x;
  });
  edges.between(before, [], last + 1);
  return edges.rings();
}

/** Visits the columns that have foreground, left to right, each with its spans: from, to, from, to, …, which do not touch. */
function eachColumn({ height, counts }: Rle, visit: (x: number, spans: readonly number[]) => void): void {
  let spans: number[] = [];
  let column = 0;
  let at = 0;
  for (let run = 0; run < counts.length; run++) {
    const end = at + (counts[run] as number);
    if (run % 2 === 1) {
      while (at < end) {
        const x = Math.floor(at / height);
        if (x > column && spans.length > 0) {
          visit(column, spans);
          spans = [];
        }
        column = x;
        const to = Math.min(end, (x + 1) * height);
        // Runs of length 0 make two spans of what is one.
        if (spans.at(-1) === at - x * height) spans[spans.length - 1] = to - x * height;
        else spans.push(at - x * height, to - x * height);
        at = to;
      }
    }
    at = end;
  }
  if (spans.length > 0) visit(column, spans);
}

/** Sides of pixels, each with the mask on its right as one walks along it, so that as many arrive at a corner as leave it. */
class Edges {
  readonly #height: number;
  /** Corners to walk to, by the corner that is left; at most two. A corner is x * (height + 1) + y. */
  readonly #next = new Map<number, number[]>();

  constructor(height: number) {
    this.#height = height;
  }

  /** Upper and lower sides of a column. */
  ends(spans: readonly number[], x: number): void {
    for (let i = 0; i < spans.length; i += 2) {
      const [from, to] = [spans[i] as number, spans[i + 1] as number];
      this.#add(x, from, x + 1, from);
      this.#add(x + 1, to, x, to);
    }
  }

  /** What is foreground on one side only of the line between two columns. */
  between(left: readonly number[], right: readonly number[], x: number): void {
    let [l, r] = [0, 0];
    let from = 0;
    while (l < left.length || r < right.length) {
      const to = Math.min(left[l] ?? Infinity, right[r] ?? Infinity);
      const [inLeft, inRight] = [l % 2 === 1, r % 2 === 1];
      if (inLeft && !inRight) this.#add(x, from, x, to);
      if (inRight && !inLeft) this.#add(x, to, x, from);
      if (left[l] === to) l++;
      if (right[r] === to) r++;
      from = to;
    }
  }

  /** Walks along all edges, each once. */
  rings(): Ring[] {
    const rings: Ring[] = [];
    for (const [start, ways] of this.#next) {
      while (ways.length > 0) {
        const ring: number[] = [];
        let corner = start;
        do {
          ring.push(Math.floor(corner / (this.#height + 1)), corner % (this.#height + 1));
          corner = this.#next.get(corner)?.pop() ?? start;
        } while (corner !== start);
        rings.push(ring);
      }
    }
    return rings;
  }

  #add(fromX: number, fromY: number, toX: number, toY: number): void {
    const from = fromX * (this.#height + 1) + fromY;
    const to = toX * (this.#height + 1) + toY;
    const ways = this.#next.get(from);
    if (ways) ways.push(to);
    else this.#next.set(from, [to]);
  }
}
