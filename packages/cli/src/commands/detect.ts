// `ssdlite detect`: objects in pictures, as a table, as JSON, drawn, or cut out.

import { SsdliteError } from '@ssdlite/layers';
import { type Command, Option } from 'commander';
import type {
  BoxXywh,
  Detection,
  DetectOptions,
  PassProgress,
  PictureSource,
  Pixels,
  Timings,
  ViewsReport,
} from 'ssdlite';
import { createDetector, type ImageInput, type NodeDetector, openPicture } from 'ssdlite/node';
import { print } from '../command-io.ts';
import { detectSummary } from '../detect/detect-summary.ts';
import type { Found } from '../detect/found.ts';
import { FrameTracks } from '../detect/frame-tracks.ts';
import { PictureFiles } from '../detect/picture-files.ts';
import { openResults, resultPlaces } from '../detect/results.ts';
import { type StageTimes, timingsTable } from '../detect/stage-times.ts';
import { exitCodes } from '../error-report.ts';
import { expandInputs } from '../inputs/expand-inputs.ts';
import { addDetectionOptions, type DetectionOptions, detectOptionsFrom } from '../options/detect-options.ts';
import {
  addNetworkOptions,
  engineOptions,
  type NetworkOptions,
  weightsPath,
} from '../options/network-options.ts';
import { positive, region } from '../options/option-values.ts';
import { StageProgress } from '../output/stage-progress.ts';
import { runPictures, type Turn } from '../picture-run.ts';
import type { Session } from '../session.ts';

/** As commander gives them. */
interface DetectCommandOptions extends NetworkOptions, DetectionOptions {
  readonly out?: string;
  readonly json?: string;
  readonly format: 'ssdlite' | 'coco';
  readonly csv?: string;
  readonly mot?: string;
  readonly track?: boolean;
  readonly frameRate?: number;
  readonly crops?: string;
  readonly timings?: boolean;
  readonly quiet?: boolean;
  readonly recursive?: boolean;
  readonly region?: BoxXywh;
}

const examples = `
Examples:
  ssdlite detect photo.jpg                               a table of what is on the photo
  ssdlite detect photo.jpg --out drawn                   and the photo with boxes, in the folder 'drawn'
  ssdlite detect holiday/ --recursive --json found.json  all pictures of a folder, results as JSON
  ssdlite detect '*.jpg' --classes person,dog --score 0.3
  ssdlite detect - --json - < photo.jpg                  from standard input to standard output
  ssdlite detect https://example.com/photo.jpg --crops people --classes person
  ssdlite detect crowd.jpg --quality high --score 0.3    slower, and finds more of what is small
  ssdlite detect aerial.tif --tile-size auto --json -    of any size: tiles by how large its objects are
  ssdlite detect frames/ --track --out drawn --mot t.txt the frames of a video: each object keeps its id

JSON:
  ssdlite  [{ "file", "width", "height", "detections": [{ "label", "classId", "score", "box": { "x", "y", "width",
           "height" } }] }]: boxes in pixels from the top left. A picture that failed has "error" instead.
  coco     COCO's results: [{ "image_id", "category_id", "bbox": [x, y, width, height], "score" }]. image_id is the
           number that the file name is (000000000139.jpg: 139), else the picture's place in the list, from 1.
  With --track, an object has its "id" and "state" too, "new" or "found" ("track_id" in COCO's results).
CSV:       file, id (with --track), label, class_id, score, x, y, width, height, under these names.
MOT:       frame (from 1), id, x, y, width, height, score, class id, -1: a line an object, as the MOTChallenge's tools read.

Exit code: 0 all done, 1 a picture failed (the others are done), 2 wrong usage, 130 stopped by Ctrl-C.`;

/** Adds the command. */
export function addDetect(program: Command, session: Session): void {
  const command = program
    .command('detect')
    .summary('find objects in pictures')
    .description('Finds objects in pictures: files, folders, patterns, URLs, or - for standard input.')
    .argument('[inputs...]', 'files, folders, patterns (in quotes), http(s) URLs, or -')
    .option('-r, --recursive', 'also the pictures in folders of folders')
    .option('-o, --out <dir>', 'write the pictures with boxes drawn on them into this folder')
    .option('--json <file>', 'write results as JSON to a file, or - for standard output')
    .addOption(new Option('--format <name>', 'of the JSON').choices(['ssdlite', 'coco']).default('ssdlite'))
    .option('--csv <file>', 'write results as CSV to a file, or - for standard output')
    .option('--track', 'take the pictures for frames of a video, in this order, and give objects ids')
    .option('--mot <file>', "write tracks in the MOTChallenge's format to a file, or - (with --track)")
    .addOption(
      new Option('--frame-rate <n>', 'frames per second (with --track; default: 30)').argParser(positive),
    )
    .option('--crops <dir>', 'write every object as a picture of its own into this folder')
    .addOption(new Option('--region <x,y,width,height>', 'look only there, in pixels').argParser(region));
  addDetectionOptions(command, { score: '0.5' });
  addNetworkOptions(command)
    .option('--timings', 'show how long the stages took')
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText('after', examples)
    .action(session.action(detectPictures));
}

async function detectPictures(
  session: Session,
  inputs: readonly string[],
  options: DetectCommandOptions,
): Promise<number> {
  const { io } = session;
  const { out, crops, quiet = false, weights, recursive = false, maxPixels } = options;
  const tracks = frameTracks(options);
  const sources = await expandInputs(inputs, { io, recursive });
  const folders = { ...(out !== undefined && { out }), ...(crops !== undefined && { crops }) };
  const files = await PictureFiles.plan(sources, { folders, io });
  const detector = await createDetector({
    ...engineOptions(options),
    ...(weights !== undefined && { weights: weightsPath(io, weights) }),
    ...(maxPixels !== undefined && { images: { maxPixels } }),
  });
  try {
    const { region: part, track } = options;
    const more = {
      signal: io.signal,
      ...(track && { scoreThreshold: trackThresholds(options).lowThreshold }),
      ...(part && { region: part }),
    };
    const detectOptions = detectOptionsFrom(options, { detector, more });
    const results = await openResults(options, { session, sources, labels: detector.labels });
    const times: StageTimes[] = [];
    let objects = 0;
    const counts = await results.keep(async () => {
      await files.open();
      return runPictures(sources, {
        session,
        quiet,
        // A large picture is enough at a time.
        ...(options.tileSize !== undefined && { ahead: 1 }),
        task: (turn) => detectPicture(turn, { session, detector, detectOptions, files, tracks, options }),
        async done(found, turn) {
          objects += found.detections.length;
          if (options.timings) times.push(found.times);
          await results.add(found, turn);
        },
        failed: (error, turn) => results.addError(error, turn),
      });
    });
    const onStdout = resultPlaces(options).includes('-');
    const facts = {
      total: sources.length,
      objects,
      engine: detector.engine.name,
      stopped: io.signal.aborted,
      places: [out, crops, ...resultPlaces(options).filter((place) => place !== '-')].filter(
        (place) => place !== undefined,
      ),
    };
    if (!quiet && !onStdout) await print(io.stdout, detectSummary(counts, facts));
    if (options.timings) await print(onStdout ? io.stderr : io.stdout, timingsTable(times));
    if (io.signal.aborted) return exitCodes.interrupted;
    return counts.failed > 0 ? exitCodes.failed : exitCodes.ok;
  } finally {
    await detector.dispose();
  }
}

interface DetectParts {
  readonly session: Session;
  readonly detector: NodeDetector;
  readonly detectOptions: DetectOptions<'xywh'>;
  readonly files: PictureFiles;
  readonly tracks: FrameTracks | undefined;
  readonly options: DetectCommandOptions;
}

async function detectPicture(turn: Turn, parts: DetectParts): Promise<Found> {
  const { files, tracks } = parts;
  const { index } = turn;
  const start = performance.now();
  const looking = look(turn, parts);
  const { picture, close, width, height, detections, times, views } = await (tracks?.follow(index, looking) ??
    looking);
  const beforeOutput = performance.now();
  try {
    const drawn = picture && (await files.write(picture, { detections, index }));
    if (drawn && drawn.step > 1 && !parts.options.quiet) {
      await print(
        parts.session.io.stderr,
        `${turn.source.name} is drawn at 1/${drawn.step} of its size, as it is too large to be held in memory.\n`,
      );
    }
  } finally {
    await close?.();
  }
  const end = performance.now();
  return {
    width,
    height,
    detections,
    times: { ...times, ...(files.used && { output: end - beforeOutput }), total: end - start },
    views,
  };
}

interface Looked {
  /** Where something is to be drawn or cut out. */
  readonly picture: Pixels | PictureSource | undefined;
  /** Lets go of the picture. */
  readonly close?: (() => Promise<void>) | undefined;
  readonly width: number;
  readonly height: number;
  readonly detections: readonly Detection[];
  readonly times: Timings;
  readonly views: ViewsReport | undefined;
}

async function look({ source }: Turn, parts: DetectParts): Promise<Looked> {
  const { session, detector, detectOptions, files, options } = parts;
  const { maxPixels, tileSize, budgetMs, adaptive = false, quiet = false } = options;
  const start = performance.now();
  const read = { signal: session.io.signal, ...(maxPixels !== undefined && { maxPixels }) };
  const progress = new StageProgress(session.io.stderr, { quiet, name: source.name });
  // Decoded once: detection, drawing and crops share the picture, and nothing keeps it after that. For tiles it is read in parts.
  const inParts = tileSize !== undefined && source.input !== undefined;
  const opened =
    inParts && files.used
      ? await openPicture(source.input as ImageInput, {
          ...read,
          onRows: (rows) => progress.update({ stage: 'read', ...rows }),
        })
      : undefined;
  const pixels = inParts ? undefined : await source.read(read);
  const picture = opened ?? pixels;
  const decode = performance.now() - start;
  let stages: Timings = { decode: 0, preprocess: 0, inference: 0, postprocess: 0, total: 0 };
  let views: ViewsReport | undefined;
  const results = detector.detectStream([picture ?? (source.input as ImageInput)], {
    ...detectOptions,
    onTimings(timings) {
      stages = timings;
    },
    ...((budgetMs !== undefined || adaptive) && {
      onViews(report: ViewsReport) {
        views = report;
      },
    }),
    ...(tileSize !== undefined && {
      onProgress: (step: PassProgress) => progress.update(step),
    }),
  });
  try {
    for await (const { width, height, detections } of results) {
      const times = inParts && !opened ? stages : { ...stages, decode };
      return { picture, close: opened?.close, width, height, detections, times, views };
    }
  } catch (error) {
    await opened?.close();
    throw error;
  } finally {
    progress.clear();
  }
  throw new Error('There is no picture.');
}

/** @throws SsdliteError `INVALID_ARGUMENT` if an option is of use only with `--track` */
function frameTracks(options: DetectCommandOptions): FrameTracks | undefined {
  const { track = false, mot, frameRate } = options;
  if (track) return new FrameTracks({ ...trackThresholds(options), frameRate: frameRate ?? 30 });
  const [[name, value] = []] = Object.entries({ '--mot': mot, '--frame-rate': frameRate }).filter(
    ([, given]) => given !== undefined,
  );
  if (name === undefined) return undefined;
  throw new SsdliteError('INVALID_ARGUMENT', `${name} is given without --track.`, {
    value,
    next: 'Add --track if the pictures are the frames of a video, in order.',
  });
}

/**
 * An object is told from the score that the user asks for, and followed down to a tenth. Tracks have one score for all classes.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for calibrated scores
 */
function trackThresholds({ score = 0.5 }: DetectCommandOptions) {
  if (score === 'calibrated') {
    throw new SsdliteError('INVALID_ARGUMENT', '--track does not go with --score calibrated.', {
      value: score,
      next: 'Give one score for all classes, as --score 0.5.',
    });
  }
  return { highThreshold: score, lowThreshold: Math.min(0.1, score) };
}
