// `ssdlite eval`: runs the detector over annotated pictures and says how good it is, as COCO measures it.

import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Evaluation, figuresOf, loadResults, prepareEvaluation } from '@ssdlite/coco-eval/node';
import { type Command, Option } from 'commander';
import { createDetector } from 'ssdlite/node';
import { readTruth } from '../annotations/read-annotations.ts';
import { pathFrom, print } from '../command-io.ts';
import { plural } from '../detect/detect-summary.ts';
import { part, pixel } from '../detect/rounded.ts';
import { exitCodes } from '../error-report.ts';
import { mapCategories } from '../eval/category-map.ts';
import type { EvalOptions, EvalRun } from '../eval/eval-run.ts';
import { figuresText, warningsText } from '../eval/eval-text.ts';
import { findPictures } from '../eval/evaluation-pictures.ts';
import { objectColumns, type PictureObjects, writeCocoResults } from '../eval/found-objects.ts';
import { Journal } from '../eval/journal.ts';
import { writeOutputs } from '../eval/write-outputs.ts';
import { addDetectionOptions, type DetectionOptions, detectOptionsFrom } from '../options/detect-options.ts';
import { addNetworkOptions, engineOptions, weightsPath } from '../options/network-options.ts';
import { count } from '../options/option-values.ts';
import { checkOutputs } from '../output/check-outputs.ts';
import { JsonList } from '../output/json-list.ts';
import { runPictures } from '../picture-run.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';

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
    .option('--figures <file>', 'write every figure as JSON, as coco-eval --json does')
    .option('--report <file>', 'write a page with charts and the worst pictures: one HTML file')
    .option('--present-only', 'leave out pictures that are not in the folder')
    .addOption(new Option('--limit <n>', 'only the first n pictures').argParser(count));
  addDetectionOptions(command, { score: String(lowestScore) });
  addNetworkOptions(command)
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText('after', examples)
    .action(session.action(evaluateDetector));
}

async function evaluateDetector(session: Session, options: EvalOptions): Promise<number> {
  const { io } = session;
  const { images, annotations, names, limit, presentOnly = false, weights } = options;
  const { json, figures, report } = options;
  const inputs = [annotations, names, weights];
  await checkOutputs({ '--json': json, '--figures': figures, '--report': report }, { inputs, io });
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

async function evaluatePictures(run: EvalRun): Promise<number> {
  const { session, options, pictures } = run;
  const { io } = session;
  const { json, quiet = false } = options;
  const journal = await openJournal(run);
  const found = new Map(journal.before.map((picture) => [picture.imageId, picture]));
  const before = found.size;
  if (before > 0 && !quiet) {
    await print(io.stderr, `Going on: ${before} of ${plural(pictures.length, 'picture')} done before.\n`);
  }
  const counts = await detectAll(run, { journal, found }).finally(() => journal.close());
  if (io.signal.aborted) {
    if (found.size === 0) await journal.remove();
    const kept = `Stopped: ${found.size} of ${plural(pictures.length, 'picture')} done and kept. The same command goes on from there.\n`;
    if (!quiet) await print(io.stderr, kept);
    return exitCodes.interrupted;
  }
  const done = pictures.flatMap(({ image }) => found.get(image.id) ?? []);
  if (json !== undefined) {
    await writeCocoResults(await JsonList.open(json, io), done);
    // All is in there now, whatever becomes of the figures.
    await journal.remove();
  }
  const evaluation = evaluationOf(run, done);
  const figures = figuresOf(evaluation);
  await writeOutputs(run, { evaluation, figures });
  await journal.remove();
  if (!quiet) await print(io.stderr, warningsText(run, { evaluation, done }));
  if (!quiet && json !== '-') {
    await print(io.stdout, figuresText(run, { evaluation, figures, done, counts, before }));
  }
  return counts.failed > 0 ? exitCodes.failed : exitCodes.ok;
}

/** Where a run keeps what it has done: beside its detections, or among temporary files. */
async function openJournal({ session, options, detector, pictures }: EvalRun): Promise<Journal> {
  const { images, annotations, names, limit, presentOnly, quiet, threads, ...others } = options;
  const { json, figures, report, ...decisive } = others;
  const isFile = json !== undefined && json !== '-';
  return Journal.open(isFile ? pathFrom(session.io, json) : join(tmpdir(), 'ssdlite-eval'), {
    ssdlite: version(),
    weights: detector.manifest.weights.sha256,
    engine: detector.engine.name,
    options: { ...decisive, engine: undefined, weights: undefined },
    pictures: createHash('sha256')
      .update(JSON.stringify(pictures.map(({ image, source }) => [image.id, source.path])))
      .digest('hex'),
  });
}

/** Runs the detector over what is not done yet. */
async function detectAll(
  { session, options, detector, pictures, categories: { categoryOf } }: EvalRun,
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
  { options, detector, groundTruth, categories: { categoryOf } }: EvalRun,
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
