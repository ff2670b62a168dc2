// A page in Chromium or Firefox with `ssdlite/browser` on it, for one test file.

import type { Browser, Page } from 'playwright-core';
import { buildPage, type PageFiles } from './build-page.ts';
import { launchChromium } from './chromium.ts';
import { isolation, type PageServer, servePage } from './serve-page.ts';

/** Milliseconds for what runs on graphics in software. */
export const slow = 300_000;

/** What a test file drives. */
export interface TestPage {
  readonly page: Page;
  readonly browser: Browser;
  readonly server: PageServer;
  /** Another page in the same browser. */
  open(path?: string): Promise<Page>;
  close(): Promise<void>;
}

let files: Promise<PageFiles> | undefined;

/**
 * @param options.isolated with the headers under which threads may share memory
 * @param options.args more of Chromium's command line
 * @param options.host instead of the loopback's address
 * @param options.launch default: Chromium
 */
export async function openTestPage({
  isolated = false,
  args = [],
  host,
  launch = () => launchChromium({ args }),
}: {
  readonly isolated?: boolean;
  readonly args?: readonly string[];
  readonly host?: string;
  readonly launch?: () => Promise<Browser>;
} = {}): Promise<TestPage> {
  files ??= buildPage();
  const server = await servePage(await files, isolated ? { headers: isolation } : {});
  const browser = await launch();
  const context = await browser.newContext();
  const open = async (path = '') => {
    const page = await context.newPage();
    const url = new URL(path, server.url);
    if (host !== undefined) url.hostname = host;
    await page.goto(url.href);
    await page.waitForFunction(() => 'lib' in globalThis);
    return page;
  };
  return {
    page: await open(),
    browser,
    server,
    open,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
