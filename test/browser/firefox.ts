// A real Firefox, without a window, for the tests; they are skipped where there is none.

import { type Browser, firefox } from 'playwright-core';
import { findBrowser, otherMachine } from './system-browser.ts';

const { executablePath, missing } = findBrowser({
  name: 'Firefox',
  debian: 'firefox-esr',
  paths: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
  variable: 'FIREFOX',
  wish: 'SSDLITE_FIREFOX',
});

/** Why the tests in Firefox cannot run; undefined if they can. */
export const noFirefox = missing;

/** Where it lies. */
export const firefoxPath = executablePath ?? 'firefox';

/** Starts it, with a profile of its own; driven by WebDriver BiDi, as it comes from Debian. */
export function launchFirefox(): Promise<Browser> {
  return firefox.launch({
    channel: 'moz-firefox',
    ...(executablePath !== undefined && { executablePath }),
    firefoxUserPrefs: { 'media.autoplay.default': 0, 'network.dns.localDomains': otherMachine },
  });
}
