// The pictures on which most goes wrong, with every object and detection on them: what was found, what was missed, what was made up.

import { type DetectionError, findErrors } from '../analysis/error-kinds.ts';
import { everySize, findable } from '../analysis/evaluation-input.ts';
import type { MatchesAt } from '../analysis/match-at.ts';
import type { CocoImage } from '../data/coco-types.ts';
import type { DetectionColumns, TruthColumns } from '../data/columns.ts';
import type { Evaluation } from '../evaluation.ts';
import { verdict } from '../metric/match.ts';
import { frameOf } from './picture-frame.ts';
import { fitOutlines } from './picture-shapes.ts';
import type { ReportBox, ReportPicture } from './report-data.ts';

export interface WorstPicturesOptions {
  /** What is right and wrong. */
  readonly matches: MatchesAt;
  /** Detections below it are left out. */
  readonly scoreThreshold: number;
  /** Pictures in each gallery. */
  readonly limit: number;
}

/** As in TIDE. */
const backgroundThreshold = 0.1;

/** What is on one picture, by places in the matches (detections) and in the truth columns. */
interface Outcome {
  readonly right: number[];
  readonly wrong: number[];
  readonly found: number[];
  readonly missed: number[];
  /** Sum of the scores of what is wrong: sure mistakes weigh more. */
  surely: number;
}

/** Two galleries: most false positives (weighed by their scores) and most missed objects. A picture may be in both. */
export function worstPictures(
  evaluation: Evaluation,
  { matches, scoreThreshold, limit }: WorstPicturesOptions,
): ReportPicture[] {
  const outcomes = outcomesByImage(evaluation, matches, scoreThreshold);
  const ranked = (badness: (outcome: Outcome) => number): number[] =>
    [...outcomes.entries()]
      .filter(([, outcome]) => badness(outcome) > 0)
      .sort(([a, one], [b, other]) => badness(other) - badness(one) || a - b)
      .slice(0, limit)
      .map(([image]) => image);
  const galleries = [
    { group: 'False positives', images: ranked(({ surely }) => surely) },
    { group: 'Missed objects', images: ranked(({ missed }) => missed.length) },
  ];
  const kinds = new Map(
    findErrors(evaluation, matches, backgroundThreshold).errors.map((error) => [error.place, error]),
  );
  return galleries.flatMap(({ group, images }) =>
    images.map((image) => toPicture(evaluation, { matches, kinds, group, image, outcomes })),
  );
}

function outcomesByImage(evaluation: Evaluation, matches: MatchesAt, scoreThreshold: number): Outcome[] {
  const { verdicts, matched, scores, images, groups } = matches;
  const outcomes = evaluation.images.map(
    (): Outcome => ({ right: [], wrong: [], found: [], missed: [], surely: 0 }),
  );
  const taken = new Set<number>();
  for (const [place, judged] of verdicts.entries()) {
    const score = scores[place] as number;
    const outcome = outcomes[images[place] as number];
    if (!outcome || !(score >= scoreThreshold)) continue;
    if (judged === verdict.truePositive) {
      outcome.right.push(place);
      taken.add(matched[place] as number);
    } else if (judged === verdict.falsePositive) {
      outcome.wrong.push(place);
      outcome.surely += Math.max(score, Number.MIN_VALUE);
    }
  }
  const counts = findable(evaluation, everySize(evaluation.params));
  for (const [group, image] of groups.images.entries()) {
    for (const truth of groups.truths.subarray(groups.truthStart[group], groups.truthStart[group + 1])) {
      if (counts(truth)) outcomes[image]?.[taken.has(truth) ? 'found' : 'missed'].push(truth);
    }
  }
  return outcomes;
}

function toPicture(
  evaluation: Evaluation,
  {
    matches,
    kinds,
    group,
    image,
    outcomes,
  }: {
    readonly matches: MatchesAt;
    readonly kinds: ReadonlyMap<number, DetectionError>;
    readonly group: string;
    readonly image: number;
    readonly outcomes: readonly Outcome[];
  },
): ReportPicture {
  const { truths, detections, categories } = evaluation;
  const names = new Map(categories.map(({ id, name = String(id) }) => [id, name]));
  const nameOf = (columns: TruthColumns | DetectionColumns, index: number): string => {
    const id = columns.categoryIds[index] as number;
    return names.get(id) ?? String(id);
  };
  const { right, wrong, found, missed } = outcomes[image] as Outcome;
  const boxes = fitOutlines(evaluation, (shapeOf) => {
    const detection = (place: number, kind: 'right' | 'wrong'): ReportBox => {
      const index = matches.groups.detections[place] as number;
      const error = kinds.get(place);
      const name = `${nameOf(detections, index)} ${(matches.scores[place] as number).toFixed(2)}`;
      return {
        box: boxOf(detections, index),
        kind,
        label: error ? `${name}, ${error.kind}` : name,
        ...shapeOf(detections, index),
      };
    };
    const truth = (index: number, kind: 'found' | 'missed'): ReportBox => ({
      box: boxOf(truths, index),
      kind,
      label: nameOf(truths, index),
      ...shapeOf(truths, index),
    });
    return [
      ...found.map((index) => truth(index, 'found')),
      ...missed.map((index) => truth(index, 'missed')),
      ...right.map((place) => detection(place, 'right')),
      ...wrong.map((place) => detection(place, 'wrong')),
    ].filter(({ box }) => box.every(Number.isFinite));
  });
  const about = evaluation.images[image] as CocoImage;
  return {
    name: about.file_name ?? `image ${about.id}`,
    ...frameOf(about, boxes),
    note: `${wrong.length} wrong, ${missed.length} missed, ${right.length} right`,
    group,
    boxes,
  };
}

/** Tenths of pixels are what a screen can show. */
function boxOf({ boxes }: TruthColumns | DetectionColumns, index: number): ReportBox['box'] {
  const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(index * 4, index * 4 + 4).map(tenth);
  return [x, y, width, height];
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
