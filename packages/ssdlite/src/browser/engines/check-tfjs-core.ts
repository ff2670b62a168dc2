// The copy of TensorFlow.js' core that the page brings: whether it is one that our engines work with.

import { SsdliteError } from '@ssdlite/layers';
import { version_core } from '@tensorflow/tfjs-core';

/** As in package.json: `^4.22.0`. */
const wanted = { major: 4, minor: 22 };

/**
 * Checks the version.
 *
 * @throws SsdliteError `ENGINE_UNAVAILABLE` unless it is in the range of the peer dependency
 */
export function checkTfjsCore(version: string = version_core): void {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  if (major === wanted.major && minor >= wanted.minor) return;
  throw new SsdliteError(
    'ENGINE_UNAVAILABLE',
    `This page has @tensorflow/tfjs-core ${version}; ssdlite works with ^${wanted.major}.${wanted.minor}.0.`,
    {
      value: version,
      next: 'Run `npm install @tensorflow/tfjs-core@4.22.0`, and bring all other @tensorflow packages to the same version.',
    },
  );
}
