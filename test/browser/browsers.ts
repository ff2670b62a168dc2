// The browsers in which a test runs that is the same in each of them.

import type { Browser } from 'playwright-core';
import { launchChromium, noChromium } from './chromium.ts';
import { launchFirefox, noFirefox } from './firefox.ts';

export interface TestedBrowser {
  readonly name: string;
  /** Why tests in it are skipped; undefined if they run. */
  readonly missing: string | undefined;
  readonly launch: () => Promise<Browser>;
}

export const browsers: readonly TestedBrowser[] = [
  { name: 'Chromium', missing: noChromium, launch: () => launchChromium() },
  { name: 'Firefox', missing: noFirefox, launch: launchFirefox },
];
