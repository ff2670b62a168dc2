// Where labels go: at their boxes, on the picture, and clear of one another where there is room.

import type { BoxXywh } from '../detection.ts';

/** A label to be placed, of a size that is known. */
export interface LabelSize {
  /** The box that it names, clipped to the area. */
  readonly box: BoxXywh;
  readonly width: number;
  readonly height: number;
}

/** A possible place, and how little it is liked for itself. */
interface Place {
  readonly rectangle: BoxXywh;
  readonly penalty: number;
}

// What a place costs, in parts of the label's area. Hiding another label is worst, hiding a small object is bad.
const labelCost = 4;
const smallBoxCost = 1;
const penalties = { above: 0, insideTop: 0.1, below: 0.15, insideBottom: 0.2, rightCorner: 0.05 };
/** Of a place that does not touch the box's top or bottom, and of every further line away from it. */
const movePenalty = { first: 0.4, more: 0.2 };
const moves = 3;

/** A box of fewer label areas than this is small: a label on it hides what it names. */
const smallBox = 4;

/**
 * Places labels in their order, so the first ones choose freely: above the box, else inside its top edge, else below, or
 * inside its bottom edge; at the left or right corner; or a few lines further down or up, whichever hides least.
 *
 * @returns one rectangle per label, all within the area (a label that is larger than the area starts at its corner)
 */
export function placeLabels(labels: readonly LabelSize[], area: BoxXywh): BoxXywh[] {
  const placed: BoxXywh[] = [];
  for (const label of labels) {
    const size = label.width * label.height;
    const smallBoxes = labels.map(({ box }) => box).filter((box) => box.width * box.height < smallBox * size);
    let best = withinArea(label, area);
    let least = Number.POSITIVE_INFINITY;
    for (const { rectangle, penalty } of places(label, area)) {
      const hidden = labelCost * overlaps(rectangle, placed) + smallBoxCost * overlaps(rectangle, smallBoxes);
      const cost = penalty + hidden / size;
      if (cost < least) [best, least] = [rectangle, cost];
    }
    placed.push(best);
  }
  return placed;
}

/** Places for one label; those that would leave the area at top or bottom are left out. */
function* places({ box, width, height }: LabelSize, area: BoxXywh): Generator<Place> {
  const bottom = box.y + box.height;
  const edges = [
    { y: box.y - height, penalty: penalties.above },
    { y: box.y, penalty: penalties.insideTop },
    { y: bottom, penalty: penalties.below },
    { y: bottom - height, penalty: penalties.insideBottom },
  ];
  for (let move = 1; move <= moves; move++) {
    const penalty = movePenalty.first + movePenalty.more * move;
    edges.push({ y: box.y + move * height, penalty }, { y: box.y - (move + 1) * height, penalty });
  }
  for (const { y, penalty } of edges) {
    if (y < area.y || y + height > area.y + area.height) continue;
    const [left, right] = [box.x, box.x + box.width - width];
    yield { rectangle: withinArea({ box: { ...box, x: left, y }, width, height }, area), penalty };
    yield {
      rectangle: withinArea({ box: { ...box, x: right, y }, width, height }, area),
      penalty: penalty + penalties.rightCorner,
    };
  }
}

/** A label at the left top corner of its box, shifted onto the area. */
function withinArea({ box, width, height }: LabelSize, area: BoxXywh): BoxXywh {
  const x = Math.max(area.x, Math.min(box.x, area.x + area.width - width));
  const y = Math.max(area.y, Math.min(box.y, area.y + area.height - height));
  return { x, y, width, height };
}

function overlaps(rectangle: BoxXywh, others: readonly BoxXywh[]): number {
  return others.reduce((sum, other) => sum + overlap(rectangle, other), 0);
}

function overlap(a: BoxXywh, b: BoxXywh): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}
