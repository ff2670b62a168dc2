// `ssdlite tune`: a level of quality for a user's own pictures, searched under a bound on its cost.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { FolderStore, MemoryStore, type TuneImage, type TuneProgress, tuneQuality } from '@ssdlite/tune/node';
import { type Command, Option } from 'commander';
import { addLevel, checkLevelName } from 'ssdlite';
import { createDetector, type NodeDetector, readWeightsFiles, writeDetectorWeights } from 'ssdlite/node';
import { readTruth } from '../annotations/read-annotations.ts';
import { type CommandIo, pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { mapCategories } from '../eval/category-map.ts';
import { type EvaluationPicture, findPictures } from '../eval/evaluation-pictures.ts';
import {
  addNetworkOptions,
  engineOptions,
  type NetworkOptions,
  weightsPath,
} from '../options/network-options.ts';
import { count, fraction, positive } from '../options/option-values.ts';
import { checkOutputs } from '../output/check-outputs.ts';
import { Progress } from '../output/progress.ts';
import { makeOutputFolder, writeWholeFile } from '../output/whole-file.ts';
import type { Session } from '../session.ts';
import { stepLine, tuneReport } from '../tune/tune-report.ts';

/** As commander gives them. */
interface TuneCommandOptions extends NetworkOptions {
  readonly images: string;
  readonly annotations: string;
  readonly names?: string;
  readonly out: string;
  readonly weights?: string;
  readonly name: string;
  readonly maxCost: number;
  readonly holdout?: number;
  readonly folds?: number;
  readonly metric: string;
  readonly seed: number;
  readonly cache?: string;
  readonly json?: string;
  readonly presentOnly?: boolean;
  readonly limit?: number;
  readonly quiet?: boolean;
}

const examples = `
It begins with the best of the built-in levels within the bound, and climbs: another view, a view in place of another, other weights of
the sizes. A step is taken only if pictures that did not choose it confirm it, beyond chance. The pictures that judge have no say in any
of this; with --folds every picture judges once what the others tuned, and the level itself is tuned on all.

The network runs once per picture and view: what was seen is kept in a folder, so that Ctrl-C and another --max-cost cost nothing twice.

Examples:
  ssdlite tune --images photos --annotations mine.json --out my-weights
  ssdlite tune --images photos --annotations mine.json --weights my-weights --out my-weights --name quick --max-cost 3
  ssdlite tune --images photos --annotations mine.json --out my-weights --folds 5      few pictures: all of them judge
  ssdlite detect photo.jpg --weights my-weights --quality tuned

Exit code: 0 all done, 1 a picture could not be read (it is left out), 2 wrong usage, 130 stopped by Ctrl-C.`;

/** Adds the command. */
export function addTune(program: Command, session: Session): void {
  const command = program
    .command('tune')
    .summary('make a level of quality for pictures of your own')
    .description(
      'Searches the views and weights that find most on annotated pictures, under a bound on the cost, and writes them into the manifest of the weights as a level for --quality.',
    )
    .requiredOption('--images <dir>', 'folder of the pictures')
    .requiredOption('--annotations <path>', "COCO's JSON, or a folder of YOLO's or Pascal VOC's files")
    .option('--names <file>', "names of YOLO's classes: one a line, or a YAML file with names")
    .requiredOption('-o, --out <dir>', 'write the weights with the new level into this folder')
    .option(
      '-w, --weights <file>',
      'weights to tune for instead of the COCO ones: manifest, .safetensors or folder',
    )
    .addOption(new Option('--name <word>', 'name of the level').default('tuned'))
    .addOption(
      new Option('--max-cost <n>', 'most multiply-adds a picture, as a multiple of one pass')
        .argParser(positive)
        .default(8.5),
    )
    .addOption(
      new Option('--holdout <0-1>', 'share of the pictures that judge (default: 0.4)')
        .argParser(fraction)
        .conflicts('folds'),
    )
    .addOption(new Option('--folds <n>', 'let every picture judge once, in so many parts').argParser(count))
    .addOption(
      new Option('--metric <name>', "what is to rise, by COCO's names: AP, AP50, APsmall, ...").default('AP'),
    )
    .addOption(new Option('--seed <n>', 'decides every split and draw').argParser(count).default(1))
    .option('--cache <dir>', 'where what was seen is kept (default: beside --out, with .cache at the end)')
    .option('--json <file>', 'write the outcome with all figures as JSON to a file, or - for standard output')
    .option('--present-only', 'leave out pictures that are not in the folder')
    .addOption(new Option('--limit <n>', 'only the first n pictures').argParser(count));
  addNetworkOptions(command)
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText('after', examples)
    .action(session.action(tune));
}

async function tune(session: Session, options: TuneCommandOptions): Promise<number> {
  const { io } = session;
  const { images, annotations, out, json, limit, presentOnly = false, weights, name } = options;
  // Before the work that it is for.
  checkLevelName(name);
  await checkOutputs({ '--json': json }, { inputs: [annotations, options.names, weights], io });
  const groundTruth = await readTruth({ annotations, images, names: options.names, io });
  const wanted = groundTruth.images.slice(0, limit);
  const pictures = await findPictures(wanted, { folder: images, io, presentOnly });
  const files = await readWeightsFiles(weights === undefined ? undefined : weightsPath(io, weights));
  const detector = await createDetector({ ...engineOptions(options), weights: files });
  const isSilent = options.quiet || json === '-';
  const say = (text: string): Promise<void> => (isSilent ? Promise.resolve() : print(io.stdout, text));
  try {
    const { categoryOf, unknown } = mapCategories(detector.labels, groundTruth.categories);
    if (unknown.length > 0 && !options.quiet) {
      await print(
        io.stderr,
        `warning: the detector does not know ${unknown.join(', ')}; they do not count.\n`,
      );
    }
    await makeOutputFolder(pathFrom(io, out));
    const cache = options.cache ?? `${out.replace(/[/\\]+$/, '')}.cache`;
    const store = new MemoryStore({ behind: await FolderStore.open(pathFrom(io, cache)) });
    const unreadable: string[] = [];
    const stages = new Stages(io, options.quiet ?? false);
    const named = await tuneImages(pictures, detector);
    const sourceOf = new Map(named.map((image, index) => [image.id, pictures[index]?.source]));
    const { holdout, folds, maxCost, metric, seed, maxPixels } = options;
    const result = await tuneQuality({
      images: named,
      groundTruth,
      categoryOf,
      architecture: detector.manifest.architecture,
      maxCost,
      name,
      metric,
      seed,
      store,
      ...(holdout !== undefined && { holdout }),
      ...(folds !== undefined && { folds }),
      signal: io.signal,
      async look({ id }, views) {
        const pixels = await sourceOf.get(id)?.read({
          signal: io.signal,
          ...(maxPixels !== undefined && { maxPixels }),
        });
        return detector.look(pixels as NonNullable<typeof pixels>, { views, signal: io.signal });
      },
      onProgress: (progress) => stages.update(progress),
      onStep(step) {
        stages.clear();
        void say(stepLine(step, metric));
      },
      onUnreadable(error, { id }) {
        stages.clear();
        const { name: picture = String(id) } = sourceOf.get(id) ?? {};
        unreadable.push(picture);
        session.report(error, picture);
      },
    }).finally(() => stages.clear());
    await writeDetectorWeights(pathFrom(io, out), {
      manifest: addLevel(detector.manifest, result.level),
      bytes: files.bytes,
    });
    const outcome = `${JSON.stringify(result, undefined, 2)}\n`;
    if (json === '-') await print(io.stdout, outcome);
    else if (json !== undefined) await writeWholeFile(pathFrom(io, json), outcome);
    await say(tuneReport(result, metric));
    await say(
      `\nWritten: ${[out, ...(json === undefined ? [] : [json])].join(', ')}. Use it: ssdlite detect photo.jpg --weights ${out} --quality ${name}\nWhat was seen is kept in ${cache}; without it, tuning again takes as long.\n`,
    );
    return unreadable.length > 0 ? exitCodes.failed : exitCodes.ok;
  } catch (error) {
    if (io.signal.aborted && !options.quiet) {
      await print(io.stderr, 'Stopped. What was seen is kept: the same command goes on from there.\n');
    }
    throw error;
  } finally {
    await detector.dispose();
  }
}

/** Pictures under keys that change with the picture, the weights and the engine. */
async function tuneImages(
  pictures: readonly EvaluationPicture[],
  { manifest, engine }: NodeDetector,
): Promise<TuneImage[]> {
  return Promise.all(
    pictures.map(async ({ image, source }) => {
      const { size = 0, mtimeMs = 0 } = await stat(source.path ?? '').catch(() => ({ size: 0, mtimeMs: 0 }));
      const identity = [manifest.weights.sha256, engine.name, source.path, size, mtimeMs].join('\n');
      return { id: image.id, key: createHash('sha256').update(identity).digest('hex').slice(0, 32) };
    }),
  );
}

/** A line of progress for each stage. */
class Stages {
  readonly #stream: CommandIo['stderr'];
  readonly #quiet: boolean;
  #line: Progress | undefined;
  #stage = '';

  constructor({ stderr }: Pick<CommandIo, 'stderr'>, quiet: boolean) {
    this.#stream = stderr;
    this.#quiet = quiet;
  }

  update({ stage, done, total }: TuneProgress): void {
    const key = `${stage} ${total}`;
    if (key !== this.#stage) {
      this.clear();
      const unit = stage === 'choosing' ? 'fusions' : 'pictures';
      this.#line = new Progress(this.#stream, { total, quiet: this.#quiet, unit });
      this.#stage = key;
    }
    this.#line?.update(done, stage);
  }

  clear(): void {
    this.#line?.clear();
  }
}
