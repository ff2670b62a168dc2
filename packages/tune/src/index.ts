// @ssdlite/tune: the views and weights that see most on your own pictures, under a bound on their cost.

export { type CandidateOptions, candidateViews } from './candidate-views.ts';
export type { TuneStep } from './climb.ts';
export { viewText } from './moves.ts';
export { MemoryStore, type SeenStore } from './seen-store.ts';
export { folds, type Split, splitImages } from './split-images.ts';
export {
  type HeldOutFigures,
  type RecipeFigures,
  type TuneImage,
  type TuneOptions,
  type TuneProgress,
  type TuneResult,
  tuneQuality,
} from './tune-quality.ts';
