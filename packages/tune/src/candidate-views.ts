// The views that are tried: the whole picture at rising sizes, mirrored or not, and in tiles.

import { costOfViews, type SsdConfig, type TileView, type View, type WholeView } from 'ssdlite';

/** Height and width in pixels. */
type Size = { readonly height: number; readonly width: number };

export interface CandidateOptions {
  /** Of the weights: sizes go in steps from the one for which they were trained. */
  readonly architecture: SsdConfig;
  /** Most multiply-adds of a view, as a multiple of one pass. */
  readonly maxCost: number;
  /** Sizes of pictures, on which costs are counted: a view that keeps the picture's shape depends on it. */
  readonly images: readonly Size[];
}

/** Sizes in steps of 64 pixels from the trained one: at these the network's borders fall as they were trained. */
const sizeSteps: readonly number[] = [-1, 0, 1, 2, 3, 4, 5, 7, 9, 11, 13];
const step = 64;
/** Larger views are tried unmirrored only: a second large view costs more than it is worth. */
const mostMirrored = 3;
/** From here on the picture's shape is worth keeping too. */
const leastShaped = 2;
const tilings: readonly TileView[] = [
  { tiles: [2, 1], overlap: 0.2 },
  { tiles: [1, 2], overlap: 0.2 },
  { tiles: [2, 2], overlap: 0.2 },
  { tiles: [3, 2], overlap: 0.15 },
  { tiles: [3, 3], overlap: 0.1 },
];

/** All views worth a try that one may have within the bound; the cheapest first. */
export function candidateViews({ architecture, maxCost, images }: CandidateOptions): View[] {
  const whole = sizeSteps.flatMap((steps): WholeView[] => {
    const size = sizeAt(architecture.inputSize, steps);
    if (Math.min(sideOf(size, 'height'), sideOf(size, 'width')) < smallestSide) return [];
    return [
      { size },
      ...(steps <= mostMirrored ? [{ size, flip: true }] : []),
      ...(steps >= leastShaped ? [{ size, keepAspect: true }] : []),
    ];
  });
  const costs = new Map(
    [...whole, ...tilings].map((view) => [view, meanCost([view], { architecture, images })]),
  );
  const costOf = (view: View): number => costs.get(view) ?? Number.POSITIVE_INFINITY;
  return [...costs.keys()].filter((view) => costOf(view) <= maxCost).sort((a, b) => costOf(a) - costOf(b));
}

/** Mean multiply-adds of a picture, as a multiple of one pass. */
export function meanCost(
  views: readonly View[],
  { architecture, images }: Pick<CandidateOptions, 'architecture' | 'images'>,
): number {
  const costs = images.map((image) => costOfViews(views, { image, architecture }));
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

const smallestSide = 160;

/** A number where the network's input is square. */
function sizeAt({ height, width }: Size, steps: number): number | Size {
  if (height === width) return height + steps * step;
  // The longer side goes in full steps, the other follows in halves of them.
  const [longer, shorter] = [Math.max(height, width), Math.min(height, width)];
  const follow = Math.round((steps * step * shorter) / longer / (step / 2)) * (step / 2);
  const [high, wide] = height > width ? [steps * step, follow] : [follow, steps * step];
  return { height: height + high, width: width + wide };
}

function sideOf(size: number | Size, side: keyof Size): number {
  return typeof size === 'number' ? size : size[side];
}
