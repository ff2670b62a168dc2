// Labelled pictures as a data set: read when their turn comes, augmented, at the size of the network's input.

import { SsdliteError } from '@ssdlite/layers';
import { type AugmentConfig, augment, tfOdAugment } from '../augment/augment.ts';
import { flip } from '../augment/flip.ts';
import type { LabelledPicture } from '../augment/labelled-picture.ts';
import { type Random, seededRandom } from '../augment/random.ts';
import { resize } from '../augment/resize.ts';
import type { Dataset, Sample, SamplePixels } from '../sample.ts';
import type { Annotations, LabelledImage } from './read-annotations.ts';

/** How a data set makes samples of its pictures. It is JSON. */
export interface DatasetConfig {
  /** Pixels: that of the network's input. Undefined: samples are of the pictures' own size and are not augmented. */
  readonly size?: { readonly height: number; readonly width: number } | undefined;
  /** Default: TF Object Detection's, see `tfOdAugment`. */
  readonly augment?: AugmentConfig;
  /** Of augmentation. Default 0. */
  readonly seed?: number;
  /**
   * How many views of a picture there are. Undefined: a new one each time. A number: the picture as it is, its mirror image, and from the third
   * on views at random that stay the same; what frozen layers make of them can then be kept.
   */
  readonly views?: number | undefined;
}

export interface TrainingDatasetOptions {
  readonly annotations: Pick<Annotations, 'classes' | 'images'>;
  readonly config: DatasetConfig;
  /**
   * Reads a picture upright, as RGB.
   *
   * @throws SsdliteError `IMAGE_NOT_FOUND`, `IMAGE_UNREADABLE`
   */
  readonly read: (image: LabelledImage, signal: AbortSignal | undefined) => Promise<SamplePixels>;
}

/**
 * Makes a data set.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` for a number of views or a size that is no whole number of at least 1
 * @example
 * const dataset = trainingDataset({ annotations, config: { size: { height: 300, width: 300 } }, read });
 */
export function trainingDataset({ annotations, config, read }: TrainingDatasetOptions): Dataset {
  const { classes, images } = annotations;
  const { size, seed = 0, views, augment: augmentation = tfOdAugment } = config;
  for (const [name, value] of Object.entries({ ...size, views: views ?? 1 })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new SsdliteError('INVALID_ARGUMENT', `The data set's ${name} is ${value}.`, {
      value,
      next: 'Pass a whole number of at least 1.',
    });
  }
  const picture = async (index: number, signal: AbortSignal | undefined): Promise<LabelledPicture> => {
    const image = images[index] as LabelledImage;
    const pixels = await read(image, signal);
    checkShape(image, pixels);
    const { boxes, classes: columns, boxWeights } = image;
    return { pixels, boxes, classes: columns, boxWeights };
  };
  return {
    classes,
    length: images.length,
    viewOf: (index, { epoch }) => viewOf(config, { index, epoch }),
    async sample(index, { epoch, signal }): Promise<Sample> {
      const whole = await picture(index, signal);
      const imageId = images[index]?.id ?? index;
      if (!size) return { imageId, view: 'whole', ...whole };
      const view = views === undefined ? undefined : drawView({ seed, epoch, index, views });
      if (view === 0 || view === 1) {
        const turned = view === 1 && augmentation.flip !== false ? flip(whole) : whole;
        return { imageId, view: `${view}`, ...turned, pixels: resize(turned.pixels, size) };
      }
      const random = seededRandom(seed, view ?? epoch, index, view === undefined ? 0 : 1);
      const augmented = await augment(whole, {
        config: augmentation,
        random,
        size,
        other: (chance) => picture(chance.below(images.length), signal),
      });
      return { imageId, ...(view !== undefined && { view: `${view}` }), ...augmented };
    },
  };
}

/** The name of the view that a picture has in an epoch; undefined for one at random. */
export function viewOf(
  { size, seed = 0, views }: DatasetConfig,
  { index, epoch }: { readonly index: number; readonly epoch: number },
): string | undefined {
  if (!size) return 'whole';
  return views === undefined ? undefined : `${drawView({ seed, epoch, index, views })}`;
}

function drawView(of: { seed: number; epoch: number; index: number; views: number }): number {
  const random: Random = seededRandom(of.seed, of.epoch, of.index, 2);
  return random.below(of.views);
}

/** The annotations' picture may have been of another size, but not of another shape. */
function checkShape({ fileName, width, height }: LabelledImage, pixels: SamplePixels): void {
  const ratio = (pixels.width * height) / (pixels.height * width);
  if (Math.abs(ratio - 1) < 0.02) return;
  throw new SsdliteError(
    'IMAGE_UNREADABLE',
    `'${fileName}' is ${pixels.width} x ${pixels.height} pixels, but was annotated at ${width} x ${height}.`,
    {
      value: [pixels.width, pixels.height],
      next: 'Its boxes would be at other places: annotate this picture anew, as it is when turned upright.',
    },
  );
}
