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
  const { truthsOf, classOf } = truthsByImage(input, matches);
  const wrong: number[][] = truthsOf.map(() => []);
  const isTaken = new Uint8Array(input.truths.count);
  for (const [place, outcome] of verdicts.entries()) {
    if (outcome === verdict.truePositive) isTaken[matched[place] as number] = 1;
    else if (outcome === verdict.falsePositive) wrong[images[place] as number]?.push(place);
  }
  const overlaps = overlapsOf(input.truths, input.detections, input.params);
  const errors: DetectionError[] = [];
  for (const [image, places] of wrong.entries()) {
    const truths = truthsOf[image] ?? [];
    const pair = overlaps(
      Int32Array.from(places, (place) => groups.detections[place] as number),
      Int32Array.from(truths),
    );
    for (const [row, place] of places.entries()) {
      const nearest = new NearestTruths();
      for (const [position, truth] of truths.entries()) {
        nearest.look(truth, {
          overlap: pair.at(row, position),
          isOwn: classOf[truth] === classes[place],
          isTaken: isTaken[truth] === 1,
        });
      }
      errors.push({
        place,
        ...kindOf(nearest, { foreground: matches.iouThreshold, background: backgroundThreshold }),
      });
    }
  }
  const unmatched = truthsOf.flat().filter((truth) => isTaken[truth] === 0);
  const explained = new Set(
    errors
      .filter(({ kind }) => kind === 'localization' || kind === 'classification')
      .map(({ truth }) => truth),
  );
  return { errors, unmatched, missed: unmatched.filter((truth) => !explained.has(truth)) };
}

/** Ground truths to find, image by image, and the class of each by its place in the columns. */
function truthsByImage(
  input: EvaluationInput,
  { groups }: MatchesAt,
): { readonly truthsOf: readonly number[][]; readonly classOf: Int32Array } {
  const counts = findable(input, everySize(input.params));
  const truthsOf: number[][] = input.params.imageIds.map(() => []);
  const classOf = new Int32Array(input.truths.count);
  for (let column = 0; column + 1 < groups.classStart.length; column++) {
    const [first = 0, end = 0] = groups.classStart.subarray(column, column + 2);
    for (let group = first; group < end; group++) {
      for (const truth of groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1])) {
        if (!counts(truth)) continue;
        truthsOf[groups.images[group] as number]?.push(truth);
        classOf[truth] = column;
      }
    }
  }
  return { truthsOf, classOf };
}

interface Nearest {
  readonly truth: number;
  readonly overlap: number;
}

const nothing: Nearest = { truth: -1, overlap: 0 };

/** Of several kinds of ground truths the one that a detection overlaps most; of equal ones the first. */
class NearestTruths {
  any = nothing;
  own = nothing;
  other = nothing;
  /** Of its own category, and taken by a better detection. */
  used = nothing;

  look(
    truth: number,
    {
      overlap,
      isOwn,
      isTaken,
    }: { readonly overlap: number; readonly isOwn: boolean; readonly isTaken: boolean },
  ): void {
    if (!(overlap > 0)) return;
    const here = { truth, overlap };
    if (overlap > this.any.overlap) this.any = here;
    if (isOwn && overlap > this.own.overlap) this.own = here;
    if (!isOwn && overlap > this.other.overlap) this.other = here;
    if (isOwn && isTaken && overlap > this.used.overlap) this.used = here;
  }
}

function kindOf(
  { any, own, other, used }: NearestTruths,
  { foreground, background }: { readonly foreground: number; readonly background: number },
): Omit<DetectionError, 'place'> {
  if (own.overlap >= background && own.overlap <= foreground) return { kind: 'localization', ...own };
  if (other.overlap >= foreground) return { kind: 'classification', ...other };
  if (used.overlap >= foreground) return { kind: 'duplicate', ...used };
  return { kind: any.overlap <= background ? 'background' : 'both', ...any };
}
