// `ssdlite inspect-data`: what a data set holds, and what is wrong with it.

import { basename } from 'node:path';
import { addPictures, type DatasetInspection, datasetReport, renderReport } from '@ssdlite/coco-eval/node';
import type { Command } from 'commander';
import { inspectAnnotations } from '../annotations/read-annotations.ts';
import { pathFrom, print } from '../command-io.ts';
import { exitCodes } from '../error-report.ts';
import { pagePicture } from '../eval/page-picture.ts';
import { imagesFolder } from '../inputs/images-folder.ts';
import { checkPictures } from '../inspect-data/check-pictures.ts';
import { inspectionText } from '../inspect-data/inspection-text.ts';
import { checkOutputs } from '../output/check-outputs.ts';
import { writeWholeFile } from '../output/whole-file.ts';
import type { Session } from '../session.ts';

/** As commander gives them. */
interface InspectDataOptions {
  readonly images?: string;
  readonly names?: string;
  readonly json?: string;
  readonly report?: string;
  readonly decode?: boolean;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  ssdlite inspect-data instances.json                       the annotations alone
  ssdlite inspect-data instances.json --images photos       also the pictures: there, readable, of the size that is said
  ssdlite inspect-data labels/ --images photos --names classes.txt --report data.html

Annotations are COCO's JSON, a folder of YOLO's .txt files (their names: --names, or classes.txt or data.yaml beside them), or a
folder of Pascal VOC's .xml files.

Exit code: 0 nothing is wrong (there may be notes), 1 something is, 2 wrong usage, 130 stopped by Ctrl-C.`;

/** Adds the command. */
export function addInspectData(program: Command, session: Session): void {
  program
    .command('inspect-data')
    .summary('see what a data set holds, and what is wrong with it')
    .description(
      'Counts objects by category and size; finds broken records, boxes outside of images, duplicates.',
    )
    .argument('<annotations>', "COCO's JSON, or a folder of YOLO's or Pascal VOC's files")
    .option('--images <dir>', 'folder of the pictures, to look at them too')
    .option('--names <file>', "names of YOLO's classes: one a line, or a YAML file with names")
    .option('--decode', 'decode every picture to its end: slow, and finds those that are cut off')
    .option('--json <file>', 'write what was found as JSON to a file, or - for standard output')
    .option('--report <file>', 'write a page of it with pictures: one HTML file')
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText('after', examples)
    .action(session.action(inspectData));
}

async function inspectData(
  session: Session,
  annotations: string,
  options: InspectDataOptions,
): Promise<number> {
  const { io, paint } = session;
  const { images, names, json, report, decode = false, quiet = false } = options;
  await checkOutputs({ '--json': json, '--report': report }, { inputs: [annotations, names], io });
  if (images !== undefined) await imagesFolder(images, io);
  const { format, ...found } = await inspectAnnotations({ annotations, images, names, io });
  const ofPictures =
    images === undefined ? [] : await checkPictures(found.images, { session, folder: images, decode, quiet });
  if (io.signal.aborted) return exitCodes.interrupted;
  const inspection: DatasetInspection = {
    ...found,
    problems: [...found.problems, ...ofPictures].sort(
      (a, b) => Number(a.severity === 'note') - Number(b.severity === 'note'),
    ),
  };
  if (json !== undefined) await writeJson(session, { json, format, inspection });
  if (report !== undefined) {
    const page = datasetReport(inspection, {
      title: `Data set ${basename(annotations)}`,
      facts: [['Format', format]],
    });
    const { report: pictured } =
      images === undefined
        ? { report: page }
        : await addPictures(page, { folder: pathFrom(io, images), read: pagePicture });
    await writeWholeFile(pathFrom(io, report), await renderReport(pictured));
  }
  if (!quiet && json !== '-') await print(io.stdout, inspectionText(inspection, { format, paint }));
  return inspection.problems.some(({ severity }) => severity === 'error') ? exitCodes.failed : exitCodes.ok;
}

/** Everything but the boxes, which the annotations have. */
async function writeJson(
  { io }: Session,
  {
    json,
    format,
    inspection: { images, ...figures },
  }: { readonly json: string; readonly format: string; readonly inspection: DatasetInspection },
): Promise<void> {
  const text = `${JSON.stringify({ format, ...figures }, undefined, 2)}\n`;
  if (json === '-') await print(io.stdout, text);
  else await writeWholeFile(pathFrom(io, json), text);
}
