// Detections ready to be evaluated: COCO results as columns, from objects, columns, text, bytes or a stream.

import { type DocumentReader, encodeText, JsonDocument, type RecordPlace } from '../json/json-document.ts';
import type { JsonScanner } from '../json/json-scanner.ts';
import { type ByteSource, piecesOf } from './byte-source.ts';
import type { CocoDetection } from './coco-types.ts';
import { DetectionBuilder } from './detection-builder.ts';
import { DetectionShapes } from './detection-shapes.ts';
import type { GroundTruth, LoadOptions, Results } from './loaded.ts';
import { RawRecord, show } from './raw-record.ts';
import type { ResultColumns } from './result-columns.ts';
import { notAList, resultsFromObjects } from './result-objects.ts';
import { scanRecord } from './scan-record.ts';

/**
 * Loads detections in COCO's results format, or from columns, for a ground truth.
 *
 * @param source the list, columns, or the list's JSON as text or UTF-8 bytes
 * @throws CocoEvalError `INVALID_JSON`; `INVALID_RESULTS` for what pycocotools refuses or could not compare, naming the record
 */
export function loadResults(
  source: readonly CocoDetection[] | ResultColumns | string | Uint8Array,
  groundTruth: GroundTruth,
  options: LoadOptions,
): Results {
  const builder = builderFor(groundTruth, options);
  if (typeof source === 'string' || source instanceof Uint8Array) {
    const document = new JsonDocument(new ResultsReader(builder), { name: 'results' });
    if (typeof source === 'string') {
      for (const piece of encodeText(source)) document.push(piece);
      document.finish();
    } else document.readAll(source);
    return builder.finish();
  }
  return resultsFromObjects(source, builder);
}

/**
 * Loads detections in COCO's results format from a file, blob or stream of UTF-8 bytes, of any length: the text is never in memory as a
 * whole.
 *
 * @throws CocoEvalError as `loadResults`
 */
export async function readResults(
  source: ByteSource,
  groundTruth: GroundTruth,
  options: LoadOptions,
): Promise<Results> {
  const builder = builderFor(groundTruth, options);
  const document = new JsonDocument(new ResultsReader(builder), { name: 'results' });
  for await (const piece of piecesOf(source)) document.push(piece);
  document.finish();
  return builder.finish();
}

class ResultsReader implements DocumentReader {
  readonly #builder: DetectionBuilder;
  readonly #record = new RawRecord();

  constructor(builder: DetectionBuilder) {
    this.#builder = builder;
  }

  object(): void {
    throw notAList('an object');
  }

  begin(): void {}

  record(scanner: JsonScanner, { index }: RecordPlace): void {
    scanRecord(scanner, this.#record, { of: { list: 'results', index }, wanted: this.#builder.wanted });
    this.#builder.add(this.#record);
  }

  other(scanner: JsonScanner): void {
    throw notAList(show(scanner.readValue(0)));
  }
}

function builderFor(groundTruth: GroundTruth, options: LoadOptions): DetectionBuilder {
  return new DetectionBuilder(groundTruth, {
    ...options,
    makeShapes: (context) => new DetectionShapes(context),
  });
}
