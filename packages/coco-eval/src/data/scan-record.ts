// A record of a COCO file from its JSON text, without making an object of it.

import { type JsonScanner, keysOf } from '../json/json-scanner.ts';
import {
  type FieldName,
  fieldAt,
  fieldNames,
  type RawRecord,
  type RecordName,
  refuse,
  setField,
  show,
} from './raw-record.ts';

const keys = keysOf(fieldNames);
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const comma = 0x2c;

/** Deep enough for every segmentation: a list of polygons of numbers, or a list of objects with lists. */
const depth = 4;

/** Which of the long fields are read; others are noted and skipped. */
export interface WantedFields {
  readonly segmentation: boolean;
  readonly keypoints: boolean;
}

/**
 * Reads the record that comes next.
 *
 * @throws CocoEvalError `INVALID_JSON`; `INVALID_RESULTS` or `INVALID_ANNOTATIONS` for a field that has the wrong type
 */
export function scanRecord(
  scanner: JsonScanner,
  record: RawRecord,
  { of, wanted }: { readonly of: RecordName; readonly wanted: WantedFields },
): void {
  record.clear();
  if (scanner.peek() !== openObject) {
    const value = scanner.readValue(depth);
    throw refuse(of, ` is ${show(value)}; it should be an object.`, { value, next: 'Correct it.' });
  }
  scanner.at++;
  if (scanner.take(closeObject)) return;
  const { order } = record;
  let nth = 0;
  do {
    // Records of a file have their keys in the same order.
    const place = scanner.readKey(keys, order[nth]);
    if (nth < order.length) order[nth++] = place;
    if (place < 0) scanner.skipValue();
    else readField(scanner, record, { place, of, wanted });
  } while (scanner.another(closeObject));
}

function readField(
  scanner: JsonScanner,
  record: RawRecord,
  { place, of, wanted }: { place: number; of: RecordName; wanted: WantedFields },
): void {
  const name = fieldNames[place] as FieldName;
  if (place < fieldAt.bbox && place !== fieldAt.iscrowd && scanner.isNumber(scanner.peek())) {
    scanner.readNumberInto(record.numbers, place);
  } else if (place === fieldAt.bbox && scanBox(scanner, record.box)) {
    // Read already.
  } else if (isUnwanted(name, wanted)) {
    scanner.skipValue();
  } else {
    setField(record, { name, value: scanner.readValue(depth) }, of);
    return;
  }
  record.fields |= 1 << place;
}

function isUnwanted(name: FieldName, wanted: WantedFields): boolean {
  if (name === 'segmentation' || name === 'keypoints') return !wanted[name];
  return name === 'caption';
}

/** Reads a list of four numbers; leaves anything else unread. */
function scanBox(scanner: JsonScanner, box: Float64Array): boolean {
  const start = scanner.at;
  if (scanner.take(openArray)) {
    for (let i = 0; i < 4 && scanner.isNumber(scanner.peek()); i++) {
      scanner.readNumberInto(box, i);
      if (scanner.take(i < 3 ? comma : closeArray)) {
        if (i === 3) return true;
      } else break;
    }
  }
  scanner.at = start;
  return false;
}
