// A real Chromium, without a window, for the tests; they are skipped where there is none.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
const wish = process.env.SSDLITE_CHROMIUM;

/** Why the tests in a browser cannot run; undefined if they can. */
export const noChromium: string | undefined =
  wish === 'skip'
    ? 'SSDLITE_CHROMIUM=skip'
    : executablePath === undefined
      ? 'there is no Chromium (`apt install chromium`, or its path in CHROMIUM)'
      : undefined;

if (noChromium !== undefined) {
  if (wish === 'required') throw new Error(`The tests in a browser must run here, but ${noChromium}.`);
  process.stderr.write(`The tests in a browser are skipped: ${noChromium}.\n`);
}

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
];

/** Starts it, with a profile of its own. */
export function launchChromium({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [...flags, ...args],
  });
}
