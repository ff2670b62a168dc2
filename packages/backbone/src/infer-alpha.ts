// The width multiplier of a network, from the channels of its convolutions: files do not state it.

import { describe, SsdliteError } from '@ssdlite/layers';
import type { BackboneConfig } from './backbone.ts';
import { classifierHead, featureNetwork } from './classifier-network.ts';

/** The widths that weights exist for. They are tried before any other that gives the same channels. */
const usual = [1, 0.75, 0.5, 0.35, 0.25, 1.3, 1.4];

/** More digits than anybody gives an alpha. */
const mostDigits = 9;

/**
 * The roundest alpha that gives every convolution the channels it has.
 *
 * @param channels output channels by our name of the convolution, e.g. `Conv1`
 * @throws SsdliteError `WEIGHTS_MISMATCH` with a layer that is missing, or has other channels than a network as wide as the rest
 */
export function inferAlpha(
  config: Omit<BackboneConfig, 'alpha'>,
  channels: ReadonlyMap<string, number>,
): number {
  const widths = (alpha: number) => widthsOf({ ...config, alpha });
  const total = (alpha: number) => sum(widths(alpha).values());
  const known = [...widths(1).keys()].map((name) => {
    const width = channels.get(name);
    if (width !== undefined) return width;
    throw new SsdliteError('WEIGHTS_MISMATCH', `The weights have no convolution '${name}'.`, {
      value: name,
      next: `Use weights of a ${config.backbone}.`,
    });
  });
  const target = sum(known);
  // Every convolution grows with alpha, so if their sum is right, no other alpha makes each of them right.
  const alpha = usual.find((value) => total(value) === target) ?? roundestBetween(total, target);
  for (const [name, width] of widths(alpha)) {
    if (width === channels.get(name)) continue;
    const what = `Layer '${name}' has ${channels.get(name)} channels; in a ${config.backbone} as wide as the rest it has ${width}.`;
    throw new SsdliteError('WEIGHTS_MISMATCH', what, {
      value: channels.get(name),
      next: 'Use weights of an unchanged architecture.',
    });
  }
  return alpha;
}

function widthsOf(config: BackboneConfig): Map<string, number> {
  const { last } = classifierHead[config.backbone];
  const network = featureNetwork({ ...config, inputSize: { height: 32, width: 32 }, taps: [last] });
  return new Map(
    describe(network)
      .layers.filter(({ kind }) => kind === 'Conv2D')
      .map(({ name, outputShape }) => [name, outputShape.at(-1) ?? 0]),
  );
}

/** The number with fewest digits among those whose total is the target; if there is none, one whose total is nearest. */
function roundestBetween(total: (alpha: number) => number, target: number): number {
  const low = leastWhere((alpha) => total(alpha) >= target);
  const high = leastWhere((alpha) => total(alpha) > target);
  for (let digits = 0; digits <= mostDigits; digits++) {
    const unit = 10 ** digits;
    const candidate = Math.max(1, Math.ceil(low * unit)) / unit;
    if (candidate < high) return candidate;
  }
  return low;
}

/** By bisection; the condition holds from some alpha on. */
function leastWhere(holds: (alpha: number) => boolean): number {
  let low = 0;
  let high = 1;
  while (!holds(high) && high < 64) high *= 2;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
