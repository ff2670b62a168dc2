// Builds the demo to static files for any host and any base path, with a service worker that keeps them.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Threads in WebAssembly need these; the service worker adds them where a host does not. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root: folder,
  // Relative addresses: the page works under whatever path it is put.
  base: './',
  build: {
    target: 'es2022',
    rolldownOptions: {
      input: { index: join(folder, 'index.html'), 'service-worker': join(folder, 'src/service-worker.ts') },
      output: {
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js',
      },
    },
  },
  worker: { format: 'es' },
  server: { headers: isolation },
  preview: { headers: isolation },
  plugins: [keptFiles()],
});

/** Fills in the files that the service worker keeps from the start: all but what `isLarge` leaves to its first use. */
function keptFiles(): Plugin {
  return {
    name: 'kept-files',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const worker = bundle['service-worker.js'];
      if (worker?.type !== 'chunk') throw new Error('The service worker was not built.');
      const publicFiles = readdirSync(join(folder, 'public'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'public/').length));
      const built = Object.keys(bundle).filter((file) => file !== worker.fileName && !isLarge(file));
      const hash = createHash('sha256');
      for (const file of publicFiles) hash.update(readFileSync(join(folder, 'public', file)));
      for (const file of built) hash.update(file);
      const index = bundle['index.html'];
      if (index?.type === 'asset') hash.update(index.source);
      const files = ['./', ...built.filter((file) => file !== 'index.html'), ...publicFiles];
      const kept = JSON.stringify({ files, version: hash.digest('hex').slice(0, 12) });
      worker.code = worker.code.replace('__PRECACHE__', kept.replaceAll("'", "\\'"));
    },
  };
}

/** The engine that few visitors choose: kept when it is first used. */
function isLarge(file: string): boolean {
  return /litert/.test(file);
}
