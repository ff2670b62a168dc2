// Detections from a list of objects in memory, or from columns.

import { CocoEvalError } from '../error.ts';
import type { DetectionBuilder } from './detection-builder.ts';
import type { Results } from './loaded.ts';
import { RawRecord, readObject, show } from './raw-record.ts';
import { addColumns, isResultColumns } from './result-columns.ts';

/** @throws CocoEvalError `INVALID_RESULTS` */
export function resultsFromObjects(source: unknown, builder: DetectionBuilder): Results {
  if (Array.isArray(source)) {
    const record = new RawRecord();
    for (const [index, detection] of source.entries()) {
      readObject(record, detection, { list: 'results', index });
      builder.add(record);
    }
  } else if (isResultColumns(source)) addColumns(source, builder);
  else throw notAList(show(source));
  return builder.finish();
}

/** What to throw for results that are no list. */
export function notAList(shown: string): CocoEvalError {
  return new CocoEvalError('INVALID_RESULTS', `The results are ${shown}.`, {
    value: shown,
    next: 'They should be a list: [{ "image_id": 1, "category_id": 1, "bbox": [left, top, width, height], "score": 0.9 }].',
  });
}
