// What the reader has chosen: a category and a score threshold. Parts of the page follow it.

import type { EvaluationReport, ReportSubject } from '../report-data.ts';

/** What passes the chosen threshold. */
export interface Point {
  readonly threshold: number;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
  /** -1 where there is nothing to measure, as all three. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export class Choice {
  readonly report: EvaluationReport;
  readonly #followers: (() => void)[] = [];
  readonly #subjectFollowers: (() => void)[] = [];
  #subject = 0;
  /** Place in `thresholds`, or the threshold of the best F1. */
  #at: number | 'best' = 'best';

  constructor(report: EvaluationReport) {
    this.report = report;
  }

  get subject(): ReportSubject {
    return this.report.subjects[this.#subject] as ReportSubject;
  }

  get subjectIndex(): number {
    return this.#subject;
  }

  /** The stop of the slider that is nearest. */
  get step(): number {
    if (this.#at !== 'best') return this.#at;
    const { threshold } = this.point;
    const stops = this.report.thresholds;
    let nearest = 0;
    for (const [step, stop] of stops.entries()) {
      if (Math.abs(stop - threshold) < Math.abs((stops[nearest] as number) - threshold)) nearest = step;
    }
    return nearest;
  }

  get point(): Point {
    if (this.#at === 'best' && this.subject.best) return pointOf(this.subject, this.subject.best);
    return this.pointAt(this.#at === 'best' ? this.report.thresholds.length - 1 : this.#at);
  }

  /** The counts at a stop of the slider. */
  pointAt(step: number): Point {
    const { right, wrong } = this.subject;
    const threshold = this.report.thresholds[step] ?? 0;
    return pointOf(this.subject, { threshold, right: right[step] ?? 0, wrong: wrong[step] ?? 0 });
  }

  chooseSubject(index: number): void {
    this.#subject = index;
    for (const update of this.#subjectFollowers) update();
    for (const update of this.#followers) update();
  }

  chooseStep(at: number | 'best'): void {
    this.#at = at;
    for (const update of this.#followers) update();
  }

  /** Calls `update` now and after every choice, of a category or a threshold. */
  follow(update: () => void): void {
    this.#followers.push(update);
    update();
  }

  /** Calls it now and whenever another category is chosen. */
  followSubject(update: () => void): void {
    this.#subjectFollowers.push(update);
    update();
  }
}

function pointOf(
  { truths }: ReportSubject,
  { threshold, right, wrong }: { readonly threshold: number; readonly right: number; readonly wrong: number },
): Point {
  const found = right + wrong;
  return {
    threshold,
    right,
    wrong,
    missed: truths - right,
    precision: found === 0 ? -1 : right / found,
    recall: truths === 0 ? -1 : right / truths,
    f1: found + truths === 0 ? -1 : (2 * right) / (found + truths),
  };
}
