// What a user gets back.

/** Left, top, width and height in pixels of the image as displayed (EXIF orientation applied). */
export interface BoxXywh {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Left, top, right and bottom in pixels of the image as displayed. */
export interface BoxXyxy {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** One object that was found. */
export interface Detection<Box = BoxXywh> {
  /** Name from the weights' labels, e.g. `person`. */
  readonly label: string;
  /** Id from the weights' labels; with the COCO weights, COCO's category id (1 to 90). */
  readonly classId: number;
  /** 0 to 1. */
  readonly score: number;
  /** Clipped to the image. */
  readonly box: Box;
}
