// A Firefox that nobody drives, for what its remote control gets in the way of: a worker that makes workers, as threads in a worker are,
// stops at `new Worker` now and then while WebDriver BiDi watches (Firefox ESR 153), and never without.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firefoxPath } from './firefox.ts';
import type { PageServer } from './serve-page.ts';

/**
 * Opens the tests' page, runs a script on it, and returns what that answers.
 *
 * @param script of a module: the body of an async function, whose value is sent as JSON
 */
export async function askUndrivenFirefox(
  server: PageServer,
  { index, script }: { readonly index: string; readonly script: string },
): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), 'ssdlite-firefox-'));
  const asking = `<script type="module">
    const answer = await (async () => { ${script} })().catch(String);
    await fetch('answer', { method: 'POST', body: JSON.stringify(answer) });
  </script></body>`;
  const answered = new Promise<unknown>((resolve) => {
    server.route = (request, response) => {
      if (request.url === '/asking.html') {
        const headers = { 'content-type': 'text/html; charset=utf-8', ...server.headers };
        response.writeHead(200, headers).end(index.replace('</body>', asking));
        return true;
      }
      if (request.url !== '/answer') return undefined;
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        response.end();
        resolve(JSON.parse(body));
      });
      return true;
    };
  });
  const options = ['--headless', '--no-remote', '--profile', profile, `${server.url}asking.html`];
  const firefox = spawn(firefoxPath, options, { stdio: 'ignore' });
  const ended = new Promise<never>((_, reject) => {
    firefox.once('error', reject);
    firefox.once('exit', (code) => reject(new Error(`Firefox ended by itself, with ${code}.`)));
    AbortSignal.timeout(50_000).onabort = () => reject(new Error('The page in Firefox gives no answer.'));
  });
  try {
    return await Promise.race([answered, ended]);
  } finally {
    server.route = undefined;
    ended.catch(() => undefined);
    firefox.kill();
    await new Promise((resolve) => firefox.once('close', resolve));
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
