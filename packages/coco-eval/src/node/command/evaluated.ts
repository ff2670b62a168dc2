// What the steps of the command hand on.

import type { Analysis } from '../../analysis/analyze.ts';
import type { ResultsComparison } from '../../analysis/compare-results.ts';
import type { VocAp } from '../../analysis/voc-ap.ts';
import type { Evaluation } from '../../evaluation.ts';
import type { EvaluationFigures } from '../../figures.ts';
import type { CommandIo } from './command-io.ts';
import type { Progress } from './progress.ts';

/** What a step of the command needs beside its options. */
export interface StepContext {
  readonly io: CommandIo;
  readonly progress: Progress;
}

/** Everything that outputs are made of. */
export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly figures: EvaluationFigures;
  /** If it is shown or written. */
  readonly analysis?: Analysis;
  readonly corrected?: EvaluationFigures;
  readonly voc?: VocAp & { readonly year: number; readonly iouThreshold: number };
  readonly comparison?: ResultsComparison;
}
