// Which category of the annotations a class of the detector is.

import type { CocoCategory } from '@ssdlite/coco-eval';
import { SsdliteError } from '@ssdlite/layers';
import type { Label } from 'ssdlite';

/** Pascal VOC's names for classes of COCO. */
const otherNames: Readonly<Record<string, string>> = {
  aeroplane: 'airplane',
  diningtable: 'dining table',
  motorbike: 'motorcycle',
  pottedplant: 'potted plant',
  sofa: 'couch',
  tvmonitor: 'tv',
};

export interface CategoryMap {
  /** Category id by class id. A class that the annotations do not have is not there: its detections cannot be judged. */
  readonly categoryOf: ReadonlyMap<number, number>;
  /** Names of categories that the detector does not know: their AP is 0. */
  readonly unknown: readonly string[];
}

/**
 * Pairs classes and categories by name; case, spaces and VOC's own names do not matter. Without any names in the annotations, by id.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if none is a pair: the annotations are of something else
 */
export function mapCategories(labels: readonly Label[], categories: readonly CocoCategory[]): CategoryMap {
  const isNamed = categories.some(({ name }) => name !== undefined);
  const keyOf = (id: number, name: string | undefined): string =>
    isNamed && name !== undefined ? plain(otherNames[plain(name)] ?? name) : String(id);
  const classes = new Map(labels.map(({ id, name }) => [keyOf(id, name), id]));
  const categoryOf = new Map<number, number>();
  const unknown: string[] = [];
  for (const { id, name } of categories) {
    const classId = classes.get(keyOf(id, name));
    if (classId === undefined) unknown.push(name ?? String(id));
    else categoryOf.set(classId, id);
  }
  if (categoryOf.size > 0) return { categoryOf, unknown };
  const some = (names: readonly string[]): string =>
    names.length > 4 ? `${names.slice(0, 3).join(', ')}, ...` : names.join(', ');
  throw new SsdliteError(
    'INVALID_ARGUMENT',
    `The detector knows none of the ${categories.length} categories of the annotations (${some(unknown)}).`,
    {
      value: unknown,
      next: `It knows ${some(labels.map(({ name }) => name))}; --weights names another.`,
    },
  );
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '');
