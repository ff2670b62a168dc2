// A real Firefox, without a window, for the tests; they are skipped where there is none.

import { type Browser, firefox } from 'playwright-core';
import { findBrowser } from './system-browser.ts';

const { executablePath, missing } = findBrowser({
  name: 'Firefox',
  debian: 'firefox-esr',
  paths: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
  variable: 'FIREFOX',
  wish: 'SSDLITE_FIREFOX',
});

/** Why the tests in Firefox cannot run; undefined if they can. */
export const noFirefox = missing;

/**
 * Starts it, with a profile of its own; driven by WebDriver BiDi, as it comes from Debian.
 *
 * @param preferences as on its page `about:config`
 */
export function launchFirefox(preferences: Readonly<Record<string, string>> = {}): Promise<Browser> {
  return firefox.launch({
    channel: 'moz-firefox',
    ...(executablePath !== undefined && { executablePath }),
    firefoxUserPrefs: { 'media.autoplay.default': 0, ...preferences },
  });
}
