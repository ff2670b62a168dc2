// COCO's own JSON, as https://cocodataset.org/#format-data describes it.

export interface CocoImage {
  readonly id: number;
  /** Pixels; needed for masks. */
  readonly width?: number;
  /** Pixels; needed for masks. */
  readonly height?: number;
  readonly file_name?: string;
  /** LVIS: where the picture is; names it if there is no `file_name`. */
  readonly coco_url?: string;
  /** LVIS: categories that are known not to be on the image. */
  readonly neg_category_ids?: readonly number[];
  /** LVIS: categories of which not every object is annotated. */
  readonly not_exhaustive_category_ids?: readonly number[];
}

export interface CocoCategory {
  readonly id: number;
  readonly name?: string;
  readonly supercategory?: string;
  /** LVIS: r, c or f, by the number of images. */
  readonly frequency?: string;
  /** Names of the keypoints. */
  readonly keypoints?: readonly string[];
  /** Pairs of keypoints that are joined, from 1. */
  readonly skeleton?: readonly (readonly number[])[];
}

/** Run lengths, column by column, the first of background: as numbers, or as COCO's compressed text. */
export interface CocoRle {
  /** Height, width. */
  readonly size: readonly [number, number];
  readonly counts: string | readonly number[];
}

/** Polygons (x, y, x, y, … in pixels) or a run-length encoding. */
export type CocoSegmentation = readonly (readonly number[])[] | CocoRle;

export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  /** Left, top, width, height in pixels. */
  readonly bbox?: readonly number[];
  /** Pixels; decides the size class, whatever the box says. */
  readonly area?: number;
  readonly iscrowd?: number | boolean;
  readonly segmentation?: CocoSegmentation;
  /** x, y, visibility, … */
  readonly keypoints?: readonly number[];
  readonly num_keypoints?: number;
}

export interface CocoDataset {
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly CocoCategory[];
}

export interface CocoDetection {
  readonly image_id: number;
  readonly category_id: number;
  readonly score: number;
  /** Left, top, width, height in pixels. */
  readonly bbox?: readonly number[];
  readonly segmentation?: CocoRle;
  /** x, y, anything, … */
  readonly keypoints?: readonly number[];
}
