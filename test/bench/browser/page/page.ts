// The page of the measurements: either library is loaded when it is asked for, as a page would that uses only one.

import type * as Bbox from '@ssdlite/coco-eval/bbox';
import { cocoWeights as packaged } from '@ssdlite/coco-weights';
import type * as Browser from 'ssdlite/browser';
import type * as Litert from 'ssdlite/browser/litert';
import type { CocoSsd } from './coco-ssd.ts';
import { playPhoto } from './play-photo.ts';

declare global {
  /** Where the two files of the shipped weights are. */
  var cocoWeights: typeof packaged;
  var loadSsdlite: () => Promise<typeof Browser>;
  var loadLitert: () => Promise<typeof Litert>;
  var loadCocoSsd: (backend: string) => Promise<CocoSsd>;
  var loadCocoEval: () => Promise<typeof Bbox>;
  var playPhotoVideo: typeof playPhoto;
}

globalThis.cocoWeights = packaged;
globalThis.loadSsdlite = () => import('ssdlite/browser');
globalThis.loadLitert = () => import('ssdlite/browser/litert');
globalThis.loadCocoSsd = async (backend) => (await import('./coco-ssd.ts')).loadCocoSsd(backend);
globalThis.loadCocoEval = () => import('@ssdlite/coco-eval/bbox');
globalThis.playPhotoVideo = playPhoto;
