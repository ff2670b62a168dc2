// Grouping and matching as every analysis needs them, by the rules of its input.

import { type Groups, makeGroups } from '../metric/groups.ts';
import { type Matches, matchAll } from '../metric/match.ts';
import { overlapsOf } from '../metric/overlaps-of.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { ignorePartly } from './lvis-rules.ts';

/** Sorts and matches all objects. */
export function matchGroups(
  { truths, detections, params, corrected = false, lvis }: EvaluationInput,
  { keepMatches }: { readonly keepMatches: boolean },
): { readonly groups: Groups; readonly matches: Matches } {
  const groups = makeGroups(truths, detections, params);
  const overlaps = overlapsOf(truths, detections, params);
  const matches = matchAll(truths, detections, groups, { params, overlaps, keepMatches, corrected });
  if (lvis) ignorePartly(matches.verdicts, groups, { ...lvis, params });
  return { groups, matches };
}
