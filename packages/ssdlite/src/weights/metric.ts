// A figure in a manifest, and how it came about.

import type { JsonValue } from '@ssdlite/layers';

/** A figure, and how it came about. */
export interface Metric {
  /** E.g. `AP`. */
  readonly name: string;
  readonly value: number;
  /** E.g. `COCO val2017, 302 images`. */
  readonly dataSet: string;
  /** How it was measured: program, thresholds, settings. */
  readonly method: string;
}

/** @throws SsdliteError `WEIGHTS_DAMAGED` */
export function readMetric(json: JsonValue): Metric {
  return {
    name: json.get('name').string(),
    value: json.get('value').number(),
    dataSet: json.get('dataSet').string(),
    method: json.get('method').string(),
  };
}
