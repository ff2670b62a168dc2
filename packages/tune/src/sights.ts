// What views of pictures saw: from the store, or by looking.

import type { Look, SeenView, View } from 'ssdlite';
import type { SeenStore } from './seen-store.ts';

/** A picture that tunes or judges. */
export interface TuneImage {
  /** Its id in the annotations. */
  readonly id: number;
  /** Tells it from other pictures, and from itself after a change: of letters, digits, dots and dashes. */
  readonly key: string;
}

export interface SightsOptions {
  readonly images: readonly TuneImage[];
  /** Runs the network: `detector.look` on the picture. */
  readonly look: (image: TuneImage, views: readonly View[]) => Promise<Look>;
  readonly store: SeenStore;
  /** Classes that count, by their columns. */
  readonly columns: ReadonlySet<number>;
}

export class Sights {
  readonly #images: ReadonlyMap<number, TuneImage>;
  readonly #look: SightsOptions['look'];
  readonly #store: SeenStore;
  readonly #columns: ReadonlySet<number>;

  constructor({ images, look, store, columns }: SightsOptions) {
    this.#images = new Map(images.map((image) => [image.id, image]));
    this.#look = look;
    this.#store = store;
    this.#columns = columns;
  }

  /** What the views of a picture saw of the classes that count, in their order. What is not in the store yet is looked at in one go. */
  async of(imageId: number, views: readonly View[]): Promise<SeenView[]> {
    const image = this.#images.get(imageId) as TuneImage;
    const keys = views.map((view) => `${image.key}-${viewKey(view)}`);
    const seen = await Promise.all(keys.map((key) => this.#store.get(key)));
    const missing = views.filter((_, index) => seen[index] === undefined);
    if (missing.length > 0) {
      const look = await this.#look(image, missing);
      for (const [at, view] of look.views.entries()) {
        const index = views.indexOf(missing[at] as View);
        seen[index] = view;
        await this.#store.set(keys[index] as string, view);
      }
    }
    return seen.map((view) => only(view as SeenView, this.#columns));
  }
}

/** The same view has the same key, whatever the order of its properties. */
export function viewKey(view: View): string {
  const { size, region, flip } = view;
  const { height = 0, width = 0 } = typeof size === 'number' ? { height: size, width: size } : (size ?? {});
  const kind = 'tiles' in view ? `t${view.tiles.join('x')}o${view.overlap}s` : 'w';
  const shaped = 'tiles' in view || !view.keepAspect ? '' : 'a';
  const part = region ? `r${[region.x, region.y, region.width, region.height].join('_')}` : '';
  return `${kind}${width}x${height}${shaped}${flip ? 'm' : ''}${part}`;
}

function only(seen: SeenView, wanted: ReadonlySet<number>): SeenView {
  const places = [...seen.columns.keys()].filter((place) => wanted.has(seen.columns[place] as number));
  if (places.length === seen.count) return seen;
  const boxes = new Float32Array(places.length * 4);
  for (const [at, place] of places.entries())
    boxes.set(seen.boxes.subarray(place * 4, place * 4 + 4), at * 4);
  return {
    ...seen,
    count: places.length,
    columns: Int32Array.from(places, (place) => seen.columns[place] as number),
    scores: Float64Array.from(places, (place) => seen.scores[place] as number),
    boxes,
  };
}
