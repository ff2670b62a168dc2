// A real Chromium, without a window, for the tests; they are skipped where there is none.

import { type Browser, chromium } from 'playwright-core';
import { findBrowser, otherMachine } from './system-browser.ts';

const { executablePath, missing } = findBrowser({
  name: 'Chromium',
  debian: 'chromium',
  paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  variable: 'CHROMIUM',
  wish: 'SSDLITE_CHROMIUM',
});

/** Why the tests in Chromium cannot run; undefined if they can. */
export const noChromium = missing;

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Graphics in software: they prove that results are right, and nothing about speed.
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  `--host-resolver-rules=MAP ${otherMachine} 127.0.0.1`,
];

/** Starts it, with a profile of its own. */
export function launchChromium({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [...flags, ...args],
  });
}
