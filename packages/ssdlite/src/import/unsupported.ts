// The error for what a graph has and our networks have not.

import { SsdliteError } from '@ssdlite/layers';

/** @param what a sentence without its full stop, with the node's name */
export function unsupported(what: string, value: unknown, next?: string): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `${what}.`, {
    value,
    next:
      next ??
      'Imported are SSD and SSDLite detectors on MobileNet V1 or V2, as TF Object Detection exports them.',
  });
}
