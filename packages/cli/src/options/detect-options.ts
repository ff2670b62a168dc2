// The options of all commands that detect: what counts as found.

import { type Command, Option } from 'commander';
import { type DetectOptions, type NmsKind, nmsKinds, resolveDetectOptions } from 'ssdlite';
import type { NodeDetector } from 'ssdlite/node';
import { classList, count, fraction, positive, scoreThreshold, tileSize } from './option-values.ts';

/** As commander gives them. */
export interface DetectionOptions {
  readonly weights?: string;
  readonly score?: number | 'calibrated';
  readonly iou?: number;
  readonly max?: number;
  readonly classes?: (string | number)[];
  readonly excludeClasses?: (string | number)[];
  readonly nms?: NmsKind;
  readonly letterbox?: boolean;
  readonly quality?: string;
  readonly tileSize?: number | 'auto';
  readonly adaptive?: boolean;
  readonly budgetMs?: number;
}

/** Adds `--score`, `--iou`, `--max`, `--classes`, `--exclude-classes`, `--nms`, `--quality` and what belongs to it, `--letterbox`, `--weights`. */
export function addDetectionOptions(
  command: Command,
  { score }: { /** What the help says of it. */ readonly score: string },
): Command {
  return command
    .addOption(
      new Option(
        '-s, --score <0-1>',
        `lowest score, or 'calibrated' for those of the weights (default: ${score})`,
      ).argParser(scoreThreshold),
    )
    .addOption(
      new Option('--iou <0-1>', 'largest overlap of two boxes of a class (default: 0.6)').argParser(fraction),
    )
    .addOption(
      new Option('--max <n>', 'most objects a picture (default: 100; with --tile-size 10000)').argParser(
        count,
      ),
    )
    .addOption(
      new Option('--classes <names>', 'only these, by name or id, between commas').argParser(classList),
    )
    .addOption(new Option('--exclude-classes <names>', 'not these').argParser(classList))
    .addOption(
      new Option('--nms <kind>', 'how overlapping boxes are thinned out (default: per-class)').choices(
        nmsKinds,
      ),
    )
    .option(
      '--quality <level>',
      'several looks at each picture, fused: fast, balanced, high or max, at 1, 4, 8 or 16 times the cost; or a level of the weights',
    )
    .addOption(
      new Option(
        '--tile-size <pixels>',
        'for large pictures: look at tiles of so many pixels too, or auto; the file is read in parts',
      ).argParser(tileSize),
    )
    .option('--adaptive', 'leave larger looks out where nothing small is in sight')
    .addOption(
      new Option(
        '--budget-ms <n>',
        'leave looks out that would take longer than this, for each picture',
      ).argParser(positive),
    )
    .option('--letterbox', "keep the picture's shape instead of squashing it")
    .option(
      '-w, --weights <file>',
      'weights to use instead of the COCO ones: manifest, .safetensors or folder',
    );
}

/**
 * Those options as `detect` takes them, with more of its options.
 *
 * @throws SsdliteError `UNKNOWN_CLASS`, or `INVALID_ARGUMENT` for what does not go together, before any picture is read
 */
export function detectOptionsFrom(
  options: DetectionOptions,
  { detector, more }: { readonly detector: NodeDetector; readonly more: DetectOptions<'xywh'> },
): DetectOptions<'xywh'> {
  const { score, iou, max, classes, excludeClasses, nms, letterbox, quality } = options;
  const { tileSize, adaptive, budgetMs } = options;
  const detectOptions: DetectOptions<'xywh'> = {
    ...(score !== undefined && { scoreThreshold: score }),
    ...(iou !== undefined && { iouThreshold: iou }),
    ...(max !== undefined && { maxDetections: max }),
    ...(classes && { classes }),
    ...(excludeClasses && { excludeClasses }),
    ...(nms && { nms }),
    ...(quality && { quality }),
    ...(tileSize !== undefined && { tileSize }),
    ...(adaptive && { adaptive }),
    ...(budgetMs !== undefined && { budgetMs }),
    ...(letterbox && { letterbox }),
    ...more,
  };
  resolveDetectOptions(detectOptions, detector.manifest);
  return detectOptions;
}
