// Why a detection is wrong and an object missed: the six kinds of TIDE (Bolya et al. 2020, section 2.2), one for each.

import { verdict } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import { type EvaluationInput, everySize, findable } from './evaluation-input.ts';
import type { MatchesAt } from './match-at.ts';

/**
 * | kind | a false positive, or a ground truth, that |
 * |---|---|
 * | `classification` | overlaps an object of another category by at least the foreground threshold |
 * | `localization` | overlaps an object of its category by the background threshold at least, but less than the foreground one |
 * | `both` | overlaps only objects of other categories, by between the two thresholds |
 * | `duplicate` | overlaps an object of its category well enough, but a better detection took it |
 * | `background` | overlaps nothing by more than the background threshold |
 * | `missed` | is an object that no detection took, and that no classification or localization error is about |
 *
 * The first that holds counts, in the order localization, classification, duplicate, background, both.
 */
export type ErrorKind = (typeof errorKinds)[number];

export const errorKinds = [
  'classification',
  'localization',
  'both',
  'duplicate',
  'background',
  'missed',
] as const;

/** A wrong detection. */
export interface DetectionError {
  /** Place in the matches' detections. */
  readonly place: number;
  readonly kind: Exclude<ErrorKind, 'missed'>;
  /** The ground truth it is about (place in the truth columns): the one it overlaps most of those that make its kind; -1 for none. */
  readonly truth: number;
  /** Overlap with it. */
  readonly overlap: number;
}

export interface FoundErrors {
  readonly errors: readonly DetectionError[];
  /** Ground truths that no detection took (places in the truth columns). */
  readonly unmatched: readonly number[];
  /** Those of them that no classification or localization error is about. */
  readonly missed: readonly number[];
}

/** Names the kind of every error. Crowds are no ground truth here, and detections that COCO ignores are no errors. */
export function findErrors(
  input: EvaluationInput,
  matches: MatchesAt,
  backgroundThreshold: number,
): FoundErrors {
  const { groups, verdicts, matched, images, classes } = matches;
  const counts = findable(input, everySize(input.params));
  const imageCount = input.params.imageIds.length;
  const own: number[][] = Array.from({ length: imageCount }, () => []);
  const wrong: number[][] = Array.from({ length: imageCount }, () => []);
  const classOf = new Map<number, number>();
  for (let column = 0; column + 1 < groups.classStart.length; column++) {
    const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
    for (let group = first; group < end; group++) {
      const image = own[groups.images[group] as number];
      for (const truth of groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1])) {
        if (!counts(truth)) continue;
        image?.push(truth);
        classOf.set(truth, column);
      }
    }
  }
  const taken = new Set<number>();
  for (const [place, outcome] of verdicts.entries()) {
    if (outcome === verdict.truePositive) taken.add(matched[place] as number);
    else if (outcome === verdict.falsePositive) wrong[images[place] as number]?.push(place);
  }
  const overlaps = overlapsOf(input.truths, input.detections, input.params);
  const errors: DetectionError[] = [];
  for (const [image, places] of wrong.entries()) {
    const truths = own[image] ?? [];
    const pair = overlaps(
      Int32Array.from(places, (place) => groups.detections[place] as number),
      Int32Array.from(truths),
    );
    for (const [row, place] of places.entries()) {
      const column = classes[place] as number;
      const best = (among: (truth: number) => boolean): Nearest => {
        let nearest: Nearest = { truth: -1, overlap: 0 };
        for (const [position, truth] of truths.entries()) {
          const overlap = pair.at(row, position);
          if (overlap > nearest.overlap && among(truth)) nearest = { truth, overlap };
        }
        return nearest;
      };
      const kind = kindOf(best, {
        isOwn: (truth) => classOf.get(truth) === column,
        isTaken: (truth) => taken.has(truth),
        foreground: matches.iouThreshold,
        background: backgroundThreshold,
      });
      errors.push({ place, ...kind });
    }
  }
  const unmatched = own.flat().filter((truth) => !taken.has(truth));
  const explained = new Set(
    errors
      .filter(({ kind }) => kind === 'localization' || kind === 'classification')
      .map(({ truth }) => truth),
  );
  return { errors, unmatched, missed: unmatched.filter((truth) => !explained.has(truth)) };
}

interface Nearest {
  readonly truth: number;
  readonly overlap: number;
}

function kindOf(
  best: (among: (truth: number) => boolean) => Nearest,
  {
    isOwn,
    isTaken,
    foreground,
    background,
  }: {
    readonly isOwn: (truth: number) => boolean;
    readonly isTaken: (truth: number) => boolean;
    readonly foreground: number;
    readonly background: number;
  },
): Omit<DetectionError, 'place'> {
  const same = best(isOwn);
  if (same.overlap >= background && same.overlap <= foreground) return { kind: 'localization', ...same };
  const other = best((truth) => !isOwn(truth));
  if (other.overlap >= foreground) return { kind: 'classification', ...other };
  const used = best((truth) => isOwn(truth) && isTaken(truth));
  if (used.overlap >= foreground) return { kind: 'duplicate', ...used };
  const any = best(() => true);
  return { kind: any.overlap <= background ? 'background' : 'both', ...any };
}
