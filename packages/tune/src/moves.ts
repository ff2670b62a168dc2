// One step from a recipe: another view, a view in place of another, other weights of the sizes.

import type { NamedRecipe, SizeWeight, View } from 'ssdlite';
import { viewKey } from './sights.ts';

/** What is tuned. */
export type TunedRecipe = Pick<NamedRecipe, 'views' | 'sizeWeights'>;

/** A recipe that differs in one thing, and in what, in words. */
export interface Move {
  readonly what: string;
  readonly recipe: TunedRecipe;
}

export interface MoveOptions {
  /** Views that may be added. */
  readonly candidates: readonly View[];
  readonly costOf: (views: readonly View[]) => number;
  readonly maxCost: number;
}

/** A weight is raised or lowered by this factor. */
const weightFactor = 1.5;
/** All sizes together are moved by this factor: for networks that see smaller or larger objects best. */
const sizeFactor = 1.2;

/** All steps that stay within the bound. */
export function movesFrom(
  { views, sizeWeights }: TunedRecipe,
  { candidates, costOf, maxCost }: MoveOptions,
): Move[] {
  const there = new Set(views.map(viewKey));
  const fits = ({ recipe }: Move): boolean => costOf(recipe.views) <= maxCost;
  const others = candidates.filter((view) => !there.has(viewKey(view)));
  const with_ = (what: string, changed: readonly View[]): Move => ({
    what,
    recipe: { views: changed, sizeWeights },
  });
  const added = others.map((view) => with_(`add ${viewText(view)}`, [...views, view]));
  const dropped =
    views.length < 2 ? [] : views.map((view) => with_(`drop ${viewText(view)}`, without(views, view)));
  const swapped = views.flatMap((view) =>
    others.map((other) =>
      with_(`${viewText(other)} for ${viewText(view)}`, [...without(views, view), other]),
    ),
  );
  // One view alone is worth the same whatever it is worth.
  const weighed =
    views.length < 2
      ? []
      : weightMoves(sizeWeights).map(({ what, knots }) => ({ what, recipe: { views, sizeWeights: knots } }));
  return [...added.filter(fits), ...dropped, ...swapped.filter(fits), ...weighed];
}

function weightMoves(knots: readonly SizeWeight[]): { what: string; knots: SizeWeight[] }[] {
  const single = knots.flatMap(([size, weight], changed) =>
    [weightFactor, 1 / weightFactor].map((factor) => ({
      what: `weight ${round(weight)} to ${round(weight * factor)} at ${round(size)} px`,
      knots: knots.map(([s, w], index): SizeWeight => [s, index === changed ? round(w * factor) : w]),
    })),
  );
  const all = [sizeFactor, 1 / sizeFactor].map((factor) => ({
    what: `sizes times ${round(factor)}`,
    knots: knots.map(([size, weight]): SizeWeight => [round(size * factor), weight]),
  }));
  return [...single, ...all];
}

/** A view as people read it: `620`, `300 mirrored`, `2 x 2 tiles`. */
export function viewText(view: View): string {
  const mirrored = view.flip ? ' mirrored' : '';
  if ('tiles' in view) return `${view.tiles[0]} x ${view.tiles[1]} tiles${mirrored}`;
  const { size, keepAspect } = view;
  const { width, height } = typeof size === 'number' ? { width: size, height: size } : size;
  const sides = width === height ? String(width) : `${width} x ${height}`;
  return `${sides}${keepAspect ? ' in shape' : ''}${mirrored}`;
}

function without(views: readonly View[], view: View): View[] {
  return views.filter((one) => one !== view);
}

/** To three digits: more would pretend to be measured. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
