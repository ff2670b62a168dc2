// `npm run check:next`: the packages as published in a Next.js app, built for production by both of its bundlers and opened in Chromium.
// By hand, not in CI: Next.js is a few hundred megabytes, which are installed into a temporary folder.
//   npm run check:next -- [--next 16.4.6]
// @ts-check
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { packPackage } from '../../scripts/pack-package.mjs';
import { asScript, mustRun, StepError } from '../../scripts/run.mjs';
import { installEnvironment, setUp } from '../../scripts/setup.mjs';
import { readPackage, root } from '../../scripts/workspace.mjs';

/** What `ssdlite/browser` needs of ours. */
const ours = ['ssdlite', 'layers', 'backbone', 'coco-weights'];

const files = {
  'app/layout.jsx': `
    export default function Layout({ children }) {
      return <html lang="en"><body>{children}</body></html>;
    }`,
  // As a user would write it: imported at the top, so that it is loaded while the page is rendered on the server as well.
  'app/page.jsx': `
    'use client';
    import { useEffect, useState } from 'react';
    import { createDetector } from 'ssdlite/browser';
    import { litert } from 'ssdlite/browser/litert';

    async function find({ engine, worker }) {
      const detector = await createDetector({ engine: engine === 'litert' ? litert() : engine, worker });
      const found = await detector.detect('/photo.jpg');
      await detector.dispose();
      return found.map(({ label }) => label).join(' ');
    }

    export default function Page() {
      const [found, setFound] = useState({});
      useEffect(() => {
        for (const engine of ['tfjs-wasm', 'litert']) {
          for (const worker of [false, true]) {
            const id = engine + (worker ? '-in-worker' : '-on-page');
            find({ engine, worker }).catch(String).then((text) => setFound((before) => ({ ...before, [id]: text })));
          }
        }
      }, []);
      return <dl>{Object.entries(found).map(([id, text]) => <dd key={id} id={id}>{text}</dd>)}</dl>;
    }`,
};

await asScript(import.meta.url, async () => {
  const { values } = parseArgs({ options: { next: { type: 'string', default: '16.4.6' } } });
  await setUp();
  const folder = mkdtempSync(join(tmpdir(), 'ssdlite-next-'));
  try {
    const dependencies = { next: values.next, react: '^19.0.0', 'react-dom': '^19.0.0' };
    for (const name of ours) {
      const source = join(root, 'packages', name);
      const tarball = await packPackage({ folder: source, destination: folder });
      Object.assign(dependencies, { [readPackage(source).name]: `file:${tarball}` });
    }
    for (const peer of ['@tensorflow/tfjs-core', '@litertjs/core']) {
      const { name, version } = readPackage(join(root, 'packages/ssdlite/node_modules', peer));
      Object.assign(dependencies, { [name]: version });
    }
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    mkdirSync(join(folder, 'public'));
    copyFileSync(join(root, 'examples/photos/bike-shop.jpg'), join(folder, 'public/photo.jpg'));
    await mustRun('npm', ['install', '--no-audit', '--no-fund'], {
      cwd: folder,
      env: installEnvironment(),
      failed: 'Next.js could not be installed.',
    });
    let failed = 0;
    for (const bundler of ['--turbopack', '--webpack']) {
      await mustRun(execPath, [next(folder), 'build', bundler], {
        cwd: folder,
        env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
        failed: `next build ${bundler} fails.`,
      });
      const found = await openPage(folder);
      const fine = Object.values(found).every((text) => text.includes('person') && text.includes('bottle'));
      if (!fine) failed++;
      console.log(`next ${values.next} ${bundler}: ${fine ? 'ok' : 'FAILED'} ${JSON.stringify(found)}`);
    }
    return failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param {string} folder of the app */
function next(folder) {
  return join(folder, 'node_modules/next/dist/bin/next');
}

/**
 * Serves the build and opens its page.
 * @param {string} folder of the app
 */
async function openPage(folder) {
  const server = spawn(execPath, [next(folder), 'start', '--port', '0', '--hostname', '127.0.0.1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await /** @type {Promise<string>} */ (
      new Promise((resolve, reject) => {
        let said = '';
        server.stdout.setEncoding('utf8').on('data', (text) => {
          said += text;
          const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
          if (address) resolve(address[0]);
        });
        server.on('close', () => reject(new StepError(`next start ends.\n${said}`)));
      })
    );
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    });
    try {
      const page = await browser.newPage();
      await page.goto(url);
      /** @param {string} id */
      const textOf = async (id) => {
        await page.waitForSelector(`#${id}:not(:empty)`, { timeout: 60_000 });
        return (await page.textContent(`#${id}`)) ?? '';
      };
      const found = /** @type {Record<string, string>} */ ({});
      for (const engine of ['tfjs-wasm', 'litert'])
        for (const where of ['on-page', 'in-worker'])
          found[`${engine}-${where}`] = await textOf(`${engine}-${where}`);
      return found;
    } finally {
      await browser.close();
    }
  } finally {
    server.kill();
  }
}
