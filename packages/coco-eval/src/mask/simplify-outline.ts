// Outlines with few corners (Douglas and Peucker 1973), for drawing: what is left out could not be seen.

import type { Ring } from './trace-outline.ts';

export interface SimplifyOptions {
  /** How far a line may be from the outline, in pixels. It grows as long as there are too many corners. */
  readonly tolerance: number;
  /** Corners of all rings together. */
  readonly mostCorners: number;
}

/** The outline, largest ring first, without rings that are smaller than could be seen; empty if nothing is left. */
export function simplifyOutline(rings: readonly Ring[], { tolerance, mostCorners }: SimplifyOptions): Ring[] {
  const bySize = rings
    .map((ring) => ({ ring, area: areaOf(ring) }))
    .sort((one, other) => other.area - one.area);
  for (let allowed = tolerance; ; allowed = 1.5 * Math.max(allowed, 0.1)) {
    // The largest stays, however small it is.
    const simple = bySize
      .filter(({ area }, place) => place === 0 || area > 4 * allowed * allowed)
      .map(({ ring }) => simplifyRing(ring, allowed))
      .filter((ring) => ring.length >= 6);
    if (simple.reduce((sum, ring) => sum + ring.length / 2, 0) <= mostCorners) return simple;
  }
}

/** Corners that the tolerance cannot do without. */
function simplifyRing(ring: Ring, tolerance: number): Ring {
  const count = ring.length / 2;
  const opposite = farthestFrom(ring, 0);
  const keeps = new Uint8Array(count);
  keeps[0] = 1;
  keeps[opposite] = 1;
  const open = [
    [0, opposite],
    [opposite, count],
  ];
  for (let part = open.pop(); part; part = open.pop()) {
    const [first = 0, last = 0] = part;
    const { place, distance } = farthestBetween(ring, first, last);
    if (distance <= tolerance) continue;
    keeps[place] = 1;
    open.push([first, place], [place, last]);
  }
  return ring.filter((_, at) => keeps[at >> 1] === 1);
}

function farthestFrom(ring: Ring, corner: number): number {
  const [x, y] = [ring[corner * 2] as number, ring[corner * 2 + 1] as number];
  let [place, most] = [corner, -1];
  for (let i = 0; i < ring.length / 2; i++) {
    const distance = ((ring[i * 2] as number) - x) ** 2 + ((ring[i * 2 + 1] as number) - y) ** 2;
    if (distance > most) [place, most] = [i, distance];
  }
  return place;
}

/** The corner between two others that is farthest from the line between these; the one after the last is the first. */
function farthestBetween(
  ring: Ring,
  first: number,
  last: number,
): { readonly place: number; readonly distance: number } {
  const end = (last * 2) % ring.length;
  const [x0, y0] = [ring[first * 2] as number, ring[first * 2 + 1] as number];
  const [dx, dy] = [(ring[end] as number) - x0, (ring[end + 1] as number) - y0];
  const squared = dx * dx + dy * dy;
  let [place, most] = [first, 0];
  for (let i = first + 1; i < last; i++) {
    const [x, y] = [(ring[i * 2] as number) - x0, (ring[i * 2 + 1] as number) - y0];
    const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / squared));
    const distance = (x - along * dx) ** 2 + (y - along * dy) ** 2;
    if (distance > most) [place, most] = [i, distance];
  }
  return { place, distance: Math.sqrt(most) };
}

/** Square pixels inside (the shoelace formula). */
function areaOf(ring: Ring): number {
  let twice = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = [ring[i] as number, ring[i + 1] as number];
    const [nextX, nextY] = [ring[(i + 2) % ring.length] as number, ring[(i + 3) % ring.length] as number];
    twice += x * nextY - nextX * y;
  }
  return Math.abs(twice) / 2;
}
