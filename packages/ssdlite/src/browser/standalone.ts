// ssdlite.browser.js: `ssdlite/browser` for pages without a build. What it loads lies beside it; see scripts/bundle-standalone.mjs.

import type { BrowserDetector } from './browser-detector.ts';
import { type CreateDetectorOptions, createDetector as createFrom } from './create-detector.ts';
import type { BrowserEngineName } from './engines/browser-engine.ts';

export * from '../draw/index.ts';
export * from '../track/index.ts';
// Those below go before these.
export * from './index.ts';

const beside = (file: string): URL => new URL(file, import.meta.url);

/** `createDetector` of `ssdlite/browser`, with weights, WebAssembly and workers from the folder of this file. */
export function createDetector(options: CreateDetectorOptions = {}): Promise<BrowserDetector> {
  const { worker = false } = options;
  return createFrom({
    weights: beside('ssdlite-mobilenet-v2-coco.json'),
    wasmPath: beside('./'),
    ...options,
    worker: worker === true ? startWorker : worker,
  });
}

/** A script of another site, such as a CDN, is no worker; one of this page's own that imports it is. */
function startWorker(engine: BrowserEngineName): Worker {
  const script = beside(`ssdlite.worker.${engine}.js`);
  if (script.origin === location.origin) return new Worker(script, { type: 'module' });
  const source = `import ${JSON.stringify(script.href)};`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    return new Worker(url, { type: 'module' });
  } finally {
    // The worker has its address already; what is behind it is fetched in a moment.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
