// Results as JSON: in the project's own form, or as COCO's results.

import { codeOf } from '../error-report.ts';
import type { JsonList } from '../output/json-list.ts';
import type { Turn } from '../picture-run.ts';
import type { Found, ResultSink } from './found.ts';
import { part, pixel } from './rounded.ts';

/** An object per picture: `{ file, width, height, detections }`, or `{ file, error }`. */
export class SsdliteResults implements ResultSink {
  readonly #list: JsonList;
  readonly #timings: boolean;

  constructor(list: JsonList, { timings }: { readonly timings: boolean }) {
    this.#list = list;
    this.#timings = timings;
  }

  add({ width, height, detections, times, views }: Found, { source }: Turn): Promise<void> {
    return this.#list.add({
      file: source.name,
      width,
      height,
      detections: detections.map(({ id, state, label, classId, score, box }) => ({
        ...(id !== undefined && { id, state }),
        label,
        classId,
        score: part(score),
        box: { x: pixel(box.x), y: pixel(box.y), width: pixel(box.width), height: pixel(box.height) },
      })),
      ...(views && { views }),
      ...(this.#timings && { milliseconds: Object.fromEntries(Object.entries(times).map(rounded)) }),
    });
  }

  addError(error: unknown, { source }: Turn): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    return this.#list.add({ file: source.name, error: { code: codeOf(error), message } });
  }

  commit(): Promise<void> {
    return this.#list.commit();
  }

  discard(): Promise<void> {
    return this.#list.discard();
  }
}

/** COCO's results: an object per detection, as COCO's evaluation reads them. A picture that failed has none. */
export class CocoResults implements ResultSink {
  readonly #list: JsonList;
  readonly #imageIds: readonly number[];

  /** @param imageIds by place of the picture in the list */
  constructor(list: JsonList, { imageIds }: { readonly imageIds: readonly number[] }) {
    this.#list = list;
    this.#imageIds = imageIds;
  }

  async add({ detections }: Found, { index }: Turn): Promise<void> {
    for (const { id, classId, score, box } of detections) {
      await this.#list.add({
        image_id: this.#imageIds[index],
        category_id: classId,
        bbox: [pixel(box.x), pixel(box.y), pixel(box.width), pixel(box.height)],
        score: part(score),
        ...(id !== undefined && { track_id: id }),
      });
    }
  }

  async addError(): Promise<void> {}

  commit(): Promise<void> {
    return this.#list.commit();
  }

  discard(): Promise<void> {
    return this.#list.discard();
  }
}

const rounded = ([name, value]: readonly [string, number]): [string, number] => [name, pixel(value)];
