// One picture, view after view, until all have been looked at or time is up.

import type { BoxCoder } from '../boxes/box-coder.ts';
import { type Candidates, type HeadOutputs, selectCandidates } from '../boxes/candidates.ts';
import type { BoxFormat, BoxFormats, ResolvedOptions } from '../detect/detect-options.ts';
import type { Size } from '../detect/placement.ts';
import { inFormat } from '../detect/postprocess.ts';
import { resolveRegion } from '../detect/resolve-region.ts';
import type { BoxXywh, Detection } from '../detection.ts';
import type { Job, RunOptions } from '../image-network.ts';
import type { SizedAnchors } from '../network/sized-anchors.ts';
import type { SsdConfig } from '../network/ssd-config.ts';
import type { SsdOutput } from '../network/ssd-network.ts';
import type { PicturePart, PictureSource } from '../picture-source.ts';
import { calibrateScore, uncalibrateScore } from './calibrate-score.ts';
import { canLargerViewsHelp } from './can-larger-views-help.ts';
import { colourOf } from './colour-of.ts';
import { expectedTileSize, planSamples } from './expected-tile-size.ts';
import { fuseSeenViews } from './fuse-seen-views.ts';
import { fuseTiles } from './fuse-tiles.ts';
import type { FusedBoxes } from './fusion/fusion.ts';
import { nextView, type ViewLeft } from './next-view.ts';
import { costOf, type PlannedPass, planView } from './plan-views.ts';
import type { ResolvedQuality } from './resolve-quality.ts';
import { leastPixelsOf, shrinkView } from './shrink-view.ts';
import { planTileLayers } from './tile-layers.ts';
import { collectView, type PassBoxes, type SeenView } from './view-boxes.ts';
import type { View } from './views.ts';

/** What `lookAtPicture` stands on. */
export interface LookParts {
  /** Runs passes of the network, in order. */
  readonly run: (
    jobs: readonly PassJob[],
    options: RunOptions,
  ) => AsyncIterable<{
    readonly job: PassJob;
    readonly outputs: Readonly<Record<SsdOutput, Float32Array>>;
    readonly repeated: boolean;
  }>;
  readonly anchors: SizedAnchors;
  readonly coder: BoxCoder;
  /** Name by logit column. */
  readonly labelOf: ReadonlyMap<number, string>;
  readonly architecture: SsdConfig;
}

export interface LookOptions<Format extends BoxFormat> {
  readonly options: ResolvedOptions<Format>;
  readonly quality: ResolvedQuality;
  readonly stopwatch: RunOptions['stopwatch'];
}

/** A pass of the network that is to be run. */
interface PassJob extends Job {
  readonly pass: PlannedPass;
}

/** Two passes of 300 x 300 run together. More are no faster, and need more memory: eight as much as one of 844 x 844. */
const batchPixels = 2 * 300 * 300;

/** Boxes below this score say nothing, in any view: with 0.02 there are twice as many, and AP is the same. */
const lowestScore = 0.03;

/** The same for one tile of many, among which more traces would make more doubles. */
const lowestScoreOfTile = 0.06;

/**
 * Looks at a picture by all views of a quality, and fuses what they find. A budget ends it early, with the best result so far; what is
 * thrown (`ABORTED`, `ENGINE_FAILED`) ends it without one.
 */
export async function lookAtPicture<Format extends BoxFormat>(
  picture: PictureSource,
  parts: LookParts,
  { options, quality, stopwatch }: LookOptions<Format>,
): Promise<Detection<BoxFormats[Format]>[]> {
  const { adaptive, budgetMs, maxDetections, onPartial, onProgress, onViews, thresholds } = options;
  const region = resolveRegion(options.region, picture);
  const run = { signal: options.signal, stopwatch, batchPixels };
  const { inputSize: trained } = parts.architecture;
  const { plan, tileSize } = await planLooks(picture, parts, { options, quality, region, run });
  const total = plan.reduce((sum, { passes }) => sum + passes.length, 0);
  const looked: SeenView[] = [];
  const detections = (): Detection<BoxFormats[Format]>[] => {
    // Other fusions give the scores of single views.
    const means = quality.fusion === 'size-weighted' ? looked.length : 1;
    const lowest = thresholds.map((threshold) => uncalibrateScore(threshold, means));
    const fuseOptions = { ...quality, maxDetections, thresholds: lowest };
    const fused =
      tileSize === undefined
        ? fuseSeenViews(looked, fuseOptions)
        : fuseTiles(looked, { ...fuseOptions, region, tileSize });
    return toDetections(fused, { ...parts, options, picture, means });
  };
  const report = { planned: plan.length, skipped: 0, shrunk: 0 };
  const began = stopwatch.elapsed();
  let left = [...plan];
  let pixelsDone = 0;
  let passesDone = 0;
  let flat = 0;
  let inTime = true;
  while (left.length > 0 && inTime) {
    const msPerPixel = pixelsDone === 0 ? 0 : (stopwatch.elapsed() - began) / pixelsDone;
    const next = nextView(left.map(toViewLeft(trained)), {
      elapsedMs: stopwatch.elapsed(),
      budgetMs,
      msPerPixel,
    });
    // The first view is looked at however little time there is: a call without a result would be of no use.
    const look = left[next?.place ?? (looked.length === 0 ? 0 : -1)];
    if (!look) break;
    left = left.filter((other) => other !== look);
    const shrunk =
      looked.length > 0 && next && next.pixels < pixelsOf(look.passes)
        ? look.view && shrinkView(look.view, next.pixels, trained)
        : undefined;
    if (shrunk) report.shrunk++;
    const passes = shrunk ? planView(shrunk, { region, trained }) : look.passes;
    const found: PassBoxes[] = [];
    for await (const { job, outputs, repeated } of parts.run(toJobs(passes, picture), run)) {
      if (repeated) flat++;
      found.push({ pass: job.pass, candidates: select(outputs, job, { parts, options }) });
      passesDone++;
      if (passes.length > 1) onProgress?.({ stage: 'look', done: passesDone, total, flat });
      inTime = looked.length === 0 || budgetMs === undefined || stopwatch.elapsed() < budgetMs;
      if (!inTime) break;
    }
    pixelsDone += pixelsOf(passes);
    looked.push(collectView(found));
    if (adaptive && looked.length === 1 && !found.some(({ candidates }) => canLargerViewsHelp(candidates))) {
      const worthwhile = left.filter((other) => pixelsOf(other.passes) <= pixelsOf(passes));
      report.skipped = left.length - worthwhile.length;
      left = worthwhile;
    }
    stopwatch.lap('postprocess');
    if (passes.length === 1) onProgress?.({ stage: 'look', done: passesDone, total, flat });
    if (onPartial && left.length > 0 && inTime) {
      onPartial({ detections: detections(), looked: looked.length, planned: plan.length });
      stopwatch.lap('postprocess');
    }
  }
  const result = detections();
  stopwatch.lap('postprocess');
  const { planned, skipped, shrunk } = report;
  onViews?.({
    looked: looked.length,
    planned,
    skipped,
    complete: inTime && shrunk === 0 && looked.length + skipped === planned,
    ...(tileSize !== undefined && { tileSize }),
  });
  return result;
}

/** What of a call's options decides where to look, and for what. */
type Wanted = Pick<ResolvedOptions, 'thresholds' | 'tileSize' | 'onProgress'>;

export interface SeeOptions {
  readonly views: readonly View[];
  /** In pixels of the picture. */
  readonly region: BoxXywh | undefined;
  readonly run: RunOptions;
}

/** What each view of a picture sees, of every class, and the multiply-adds against one pass. */
export async function seeViews(
  picture: PictureSource,
  parts: LookParts,
  { views, region, run }: SeeOptions,
): Promise<{ readonly cost: number; readonly views: SeenView[] }> {
  const { inputSize: trained, logitColumns } = parts.architecture;
  const whole = resolveRegion(region, picture);
  const plan = views.map((view) => planView(view, { region: whole, trained }));
  const thresholds = new Float64Array(logitColumns).fill(Number.POSITIVE_INFINITY);
  for (const column of parts.labelOf.keys()) thresholds[column] = lowestScore;
  const seen: SeenView[] = [];
  for (const passes of plan) {
    const found: PassBoxes[] = [];
    for await (const { job, outputs } of parts.run(toJobs(passes, picture), run)) {
      found.push({
        pass: job.pass,
        candidates: select(outputs, job, { parts, options: { thresholds, tileSize: undefined } }),
      });
    }
    seen.push(collectView(found));
  }
  return { cost: costOf(plan.flat(), parts.architecture), views: seen };
}

interface PlanOptions {
  readonly options: Wanted;
  readonly quality: ResolvedQuality;
  readonly region: BoxXywh;
  readonly run: RunOptions;
}

/** One look at a picture. */
interface PlannedLook {
  readonly passes: readonly PlannedPass[];
  /** What they were planned for, if it may be made smaller to end in time. */
  readonly view?: View;
}

/** What is to be looked at, in the order in which it is to be run; and the side of the finest tiles, if there are any. */
async function planLooks(
  picture: PictureSource,
  parts: LookParts,
  { options, quality, region, run }: PlanOptions,
): Promise<{ readonly plan: PlannedLook[]; readonly tileSize?: number }> {
  const { inputSize: trained } = parts.architecture;
  const { tileSize, onProgress } = options;
  if (tileSize === undefined)
    return { plan: quality.views.map((view) => ({ view, passes: planView(view, { region, trained }) })) };
  const inTiles = (tileSize: number) => ({
    plan: planTileLayers(quality.views, { region, tileSize, trained }).map((passes) => ({ passes })),
    tileSize,
  });
  if (tileSize !== 'auto') return inTiles(tileSize);
  const samples = planSamples(region, trained);
  const passes = samples.map(({ pass }) => pass);
  const found: ((typeof samples)[number] & { candidates: Candidates })[] = [];
  const total = samples.length;
  let flat = 0;
  for await (const { job, outputs, repeated } of parts.run(toJobs(passes, picture), run)) {
    const sample = samples[found.length];
    if (sample) found.push({ ...sample, candidates: select(outputs, job, { parts, options }) });
    if (repeated) flat++;
    onProgress?.({ stage: 'sample', done: found.length, total, flat });
  }
  return inTiles(expectedTileSize(found, { region, trained }));
}

function toViewLeft(trained: Size): (look: PlannedLook) => ViewLeft {
  return ({ passes, view }) => {
    const pixels = pixelsOf(passes);
    return { pixels, leastPixels: Math.min(pixels, (view && leastPixelsOf(view, trained)) ?? pixels) };
  };
}

function toJobs(passes: readonly PlannedPass[], picture: PictureSource): PassJob[] {
  return passes.map((pass) => toJob(pass, picture));
}

function toJob(pass: PlannedPass, picture: PictureSource): PassJob {
  const { region, input } = pass.placement;
  const placed = ({ picture, region }: PicturePart) => ({
    picture,
    placement: { ...pass.placement, region },
    key: colourOf(picture, region),
  });
  return {
    pass,
    input,
    onDevice: picture.onDevice,
    read() {
      const part = picture.read(region, input);
      return part instanceof Promise ? part.then(placed) : placed(part);
    },
  };
}

function select(
  outputs: HeadOutputs,
  { input }: PassJob,
  {
    parts,
    options,
  }: { readonly parts: LookParts; readonly options: Pick<Wanted, 'thresholds' | 'tileSize'> },
): Candidates {
  const lowest = options.tileSize === undefined ? lowestScore : lowestScoreOfTile;
  // Fusion needs what single views are unsure of; the caller's thresholds are for what comes out.
  const thresholds = options.thresholds.map((threshold) => (threshold > 1 ? threshold : lowest));
  return selectCandidates(outputs, { anchors: parts.anchors.of(input), coder: parts.coder, thresholds });
}

function pixelsOf(passes: readonly PlannedPass[]): number {
  return passes.reduce((sum, { placement: { input } }) => sum + input.height * input.width, 0);
}

function toDetections<Format extends BoxFormat>(
  { count, columns, scores, boxes }: FusedBoxes,
  {
    labelOf,
    options: { thresholds, boxFormat },
    picture,
    means,
  }: Pick<LookParts, 'labelOf'> & {
    readonly options: ResolvedOptions<Format>;
    readonly picture: Size;
    /** Views over which scores are means. */
    readonly means: number;
  },
): Detection<BoxFormats[Format]>[] {
  const detections: Detection<BoxFormats[Format]>[] = [];
  for (let index = 0; index < count; index++) {
    const classId = columns[index] as number;
    const score = calibrateScore(scores[index] as number, means);
    if (score < (thresholds[classId] as number)) continue;
    const [ymin = 0, xmin = 0, ymax = 0, xmax = 0] = boxes.subarray(index * 4, index * 4 + 4);
    const box = { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin };
    const label = labelOf.get(classId) ?? String(classId);
    detections.push({ label, classId, score, box: inFormat(box, boxFormat, picture) });
  }
  return detections;
}
