// `ssdlite eval`: runs the detector over annotated pictures and says how good it is, as COCO measures it.

import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  addPictures,
  categoryText,
  checkWritable,
  type Evaluation,
  evaluationReport,
  figuresOf,
  type GroundTruth,
  loadResults,
  prepareEvaluation,
  renderReport,
  statsText,
} from '@ssdlite/coco-eval/node';
import type { Command } from 'commander';
import { Option } from 'commander';
import { createDetector, type NodeDetector } from 'ssdlite/node';
import { readTruth } from '../annotations/read-annotations.ts';
import { pathFrom, print } from '../command-io.ts';
import { plural } from '../detect/detect-summary.ts';
import { part, pixel } from '../detect/rounded.ts';
import { exitCodes } from '../error-report.ts';
import { type CategoryMap, mapCategories } from '../eval/category-map.ts';
import { type EvaluationPicture, findPictures } from '../eval/evaluation-pictures.ts';
import { objectColumns, type PictureObjects, writeCocoResults } from '../eval/found-objects.ts';
import { Journal } from '../eval/journal.ts';
import { pagePicture } from '../eval/page-picture.ts';
import { addDetectionOptions, type DetectionOptions, detectOptionsFrom } from '../options/detect-options.ts';
import {
  addNetworkOptions,
  engineOptions,
  type NetworkOptions,
  weightsPath,
} from '../options/network-options.ts';
import { count } from '../options/option-values.ts';
import { JsonList } from '../output/json-list.ts';
import { duration } from '../output/progress.ts';
import { writeWholeFile } from '../output/whole-file.ts';
import { runPictures } from '../picture-run.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';

/** As commander gives them. */
interface EvalCommandOptions extends NetworkOptions, DetectionOptions {
  readonly images: string;
  readonly annotations: string;
  readonly names?: string;
  readonly json?: string;
  readonly report?: string;
  readonly presentOnly?: boolean;
  readonly limit?: number;
  readonly quiet?: boolean;
}

/** COCO's evaluation wants everything down to here: the precision-recall curve is cut off where scores end. */
const lowestScore = 0.001;

const examples = `
Examples:
  ssdlite eval --images val2017 --annotations instances_val2017.json
  ssdlite eval --images val2017 --annotations instances_val2017.json --report report.html --json detections.json
  ssdlite eval --images photos --annotations labels/ --names classes.txt --weights my-weights --quality high

Ctrl-C keeps what is done: the same command goes on from there.

Exit code: 0 all done, 1 a picture failed (it is left out of the figures), 2 wrong usage, 130 stopped by Ctrl-C.`;

/** Adds the command. */
export function addEval(program: Command, session: Session): void {
  const command = program
    .command('eval')
    .summary('measure how good detections are, as COCO does')
    .description("Runs the detector over annotated pictures: COCO's AP and AR, by category, and why.")
    .requiredOption('--images <dir>', 'folder of the pictures')
    .requiredOption('--annotations <path>', "COCO's JSON, or a folder of YOLO's or Pascal VOC's files")
    .option('--names <file>', "names of YOLO's classes: one a line, or a YAML file with names")
    .option('--json <file>', "write the detections as COCO's results to a file, or - for standard output")
    .option('--report <file>', 'write a page with charts and the worst pictures: one HTML file')
    .option('--present-only', 'leave out pictures that are not in the folder')
    .addOption(new Option('--limit <n>', 'only the first n pictures').argParser(count));
  addDetectionOptions(command, { score: String(lowestScore) });
  addNetworkOptions(command)
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText('after', examples)
    .action(session.action(evaluateDetector));
}

/** What steps of the command share. */
interface Run {
  readonly session: Session;
  readonly options: EvalCommandOptions;
  readonly detector: NodeDetector;
  readonly groundTruth: GroundTruth;
  readonly categories: CategoryMap;
  readonly pictures: readonly EvaluationPicture[];
}

async function evaluateDetector(session: Session, options: EvalCommandOptions): Promise<number> {
  const { io } = session;
  const { images, annotations, names, report, json, limit, presentOnly = false, weights } = options;
  // Before the work that it is for.
  if (report !== undefined) await checkWritable(pathFrom(io, report));
  if (json !== undefined && json !== '-') await checkWritable(pathFrom(io, json));
  const groundTruth = await readTruth({ annotations, images, names, io });
  const wanted = groundTruth.images.slice(0, limit);
  const pictures = await findPictures(wanted, { folder: images, io, presentOnly });
  const detector = await createDetector({
    ...engineOptions(options),
    ...(weights !== undefined && { weights: weightsPath(io, weights) }),
  });
  try {
    const categories = mapCategories(detector.labels, groundTruth.categories);
    return await evaluatePictures({ session, options, detector, groundTruth, categories, pictures });
  } finally {
    await detector.dispose();
  }
}

async function evaluatePictures(run: Run): Promise<number> {
  const { session, options, detector, pictures } = run;
  const { io } = session;
  const { json, report, quiet = false } = options;
  const journal = await openJournal(run);
  const found = new Map(journal.before.map((picture) => [picture.imageId, picture]));
  const resumed = found.size;
  if (!quiet) await print(io.stderr, journalNote(journal, pictures.length));
  const counts = await detectAll(run, { journal, found }).finally(() => journal.close());
  if (io.signal.aborted) {
    const kept = `Stopped: ${found.size} of ${plural(pictures.length, 'picture')} done and kept. The same command goes on from there.\n`;
    if (!quiet) await print(io.stderr, kept);
    return exitCodes.interrupted;
  }
  const done = pictures.flatMap(({ image }) => found.get(image.id) ?? []);
  if (json !== undefined) await writeCocoResults(await JsonList.open(json, io), done);
  const evaluation = evaluationOf(run, done);
  if (report !== undefined) await writeReport(run, evaluation);
  await journal.remove();
  if (!quiet) await print(io.stderr, warningsText(run, { evaluation, done }));
  if (!quiet && json !== '-') {
    const { stats, perCategory } = figuresOf(evaluation);
    const objects = done.reduce((sum, picture) => sum + picture.objects.length, 0);
    const places = [json, report].filter((place) => place !== undefined);
    const rate = counts.done > 1 ? ` (${(counts.done / counts.seconds).toFixed(1)} pictures/s)` : '';
    const earlier = resumed > 0 ? `, ${resumed} of them before` : '';
    await print(
      io.stdout,
      [
        statsText(stats, evaluation.params),
        `\n${categoryText(perCategory, evaluation.params)}`,
        `\n${plural(objects, 'detection')} in ${plural(done.length, 'picture')}${earlier}, `,
        `${duration(counts.seconds)}${rate} on ${detector.engine.name}.`,
        places.length > 0 ? ` Written: ${places.join(', ')}.\n` : '\n',
      ].join(''),
    );
  }
  return counts.failed > 0 ? exitCodes.failed : exitCodes.ok;
}

/** Where a run keeps what it has done: beside its detections, or among temporary files. */
async function openJournal({ session, options, detector, pictures }: Run): Promise<Journal> {
  const { images, annotations, names, json, report, limit, presentOnly, quiet, threads, ...decisive } =
    options;
  const asked = {
    ssdlite: version(),
    weights: detector.manifest.weights.sha256,
    engine: detector.engine.name,
    options: { ...decisive, engine: undefined, weights: undefined },
    pictures: createHash('sha256')
      .update(JSON.stringify(pictures.map(({ image, source }) => [image.id, source.path])))
      .digest('hex'),
  };
  const key = createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
  const path =
    json !== undefined && json !== '-'
      ? `${pathFrom(session.io, json)}.partial`
      : join(tmpdir(), `ssdlite-eval-${key}.partial`);
  return Journal.open(path, asked);
}

function journalNote({ before, replaced, path }: Journal, total: number): string {
  if (replaced) return `${basename(path)} is of another run, and starts anew.\n`;
  return before.length > 0 ? `Going on: ${before.length} of ${plural(total, 'picture')} done before.\n` : '';
}

/** Runs the detector over what is not done yet. */
async function detectAll(
  { session, options, detector, pictures, categories: { categoryOf } }: Run,
  { journal, found }: { readonly journal: Journal; readonly found: Map<number, PictureObjects> },
) {
  const { io } = session;
  const { quiet = false, maxPixels } = options;
  const left = pictures.filter(({ image }) => !found.has(image.id));
  const score = options.score ?? lowestScore;
  const more = { signal: io.signal, scoreThreshold: score };
  const detectOptions = detectOptionsFrom(options, { detector, more });
  return runPictures(
    left.map(({ source }) => source),
    {
      session,
      quiet,
      async task({ source, index }): Promise<PictureObjects> {
        const pixels = await source.read({
          signal: io.signal,
          ...(maxPixels !== undefined && { maxPixels }),
        });
        const detections = await detector.detect(pixels, detectOptions);
        return {
          imageId: left[index]?.image.id ?? Number.NaN,
          width: pixels.width,
          height: pixels.height,
          objects: detections.flatMap(({ classId, score: sure, box: { x, y, width, height } }) => {
            const category = categoryOf.get(classId);
            if (category === undefined) return [];
            return [[category, part(sure), pixel(x), pixel(y), pixel(width), pixel(height)] as const];
          }),
        };
      },
      async done(picture) {
        found.set(picture.imageId, picture);
        await journal.add(picture);
      },
      async failed() {},
    },
  );
}

/** What was written, judged: pictures that could not be read are left out, for nobody knows what would have been found. */
function evaluationOf(
  { options, detector, groundTruth, categories: { categoryOf } }: Run,
  done: readonly PictureObjects[],
): Evaluation {
  const { classes, excludeClasses } = options;
  const chosen = new Set(
    classes || excludeClasses
      ? detector.labels.filter(({ id, name }) => isChosen({ id, name }, options)).map(({ id }) => id)
      : [],
  );
  const results = loadResults(objectColumns(done), groundTruth, { type: 'bbox' });
  return prepareEvaluation(groundTruth, results, {
    imageIds: done.map(({ imageId }) => imageId),
    ...(chosen.size > 0 && {
      categoryIds: [...categoryOf].filter(([classId]) => chosen.has(classId)).map(([, category]) => category),
    }),
  });
}

function isChosen(
  { id, name }: { readonly id: number; readonly name: string },
  { classes, excludeClasses = [] }: DetectionOptions,
): boolean {
  const isNamed = (list: readonly (string | number)[]): boolean =>
    list.some((each) => (typeof each === 'number' ? each === id : each.toLowerCase() === name.toLowerCase()));
  return (classes === undefined || isNamed(classes)) && !isNamed(excludeClasses);
}

async function writeReport({ session, options, detector }: Run, evaluation: Evaluation): Promise<void> {
  const { report = '', images, annotations, weights, quality } = options;
  const { io } = session;
  const facts = [
    ['Weights', weights ?? detector.manifest.name],
    ['Engine', detector.engine.name],
    ...(quality === undefined ? [] : [['Quality', quality] as const]),
    ['Annotations', basename(annotations)],
  ] as const;
  const bare = evaluationReport(evaluation, { title: `Evaluation of ${detector.manifest.name}`, facts });
  const { report: pictured } = await addPictures(bare, {
    folder: pathFrom(io, images),
    read: pagePicture,
  });
  await writeWholeFile(pathFrom(io, report), await renderReport(pictured));
}

/** What makes the figures other than they seem. */
function warningsText(
  { groundTruth, pictures, categories: { unknown } }: Run,
  { evaluation, done }: { readonly evaluation: Evaluation; readonly done: readonly PictureObjects[] },
): string {
  const imageOf = new Map(groundTruth.images.map((image) => [image.id, image]));
  const resized = done.filter(({ imageId, width, height }) => {
    const { width: saidWidth = width, height: saidHeight = height } = imageOf.get(imageId) ?? {};
    return width !== saidWidth || height !== saidHeight;
  });
  const name = (imageId: number): string => imageOf.get(imageId)?.file_name ?? String(imageId);
  const [first] = resized;
  return [
    ...evaluation.warnings.map(({ code, message }) => `warning ${code}: ${message}\n`),
    first
      ? `warning: ${plural(resized.length, 'picture')} of another size than the annotations say (${name(first.imageId)} has ${first.width} x ${first.height} pixels): are they of other pictures?\n`
      : '',
    unknown.length > 0
      ? `warning: the detector does not know ${unknown.length > 5 ? `${unknown.length} categories, as ${unknown[0]}` : unknown.join(', ')}; their AP is 0.\n`
      : '',
    done.length < pictures.length
      ? `warning: the figures are of the ${plural(done.length, 'picture')} that could be read.\n`
      : '',
  ].join('');
}
