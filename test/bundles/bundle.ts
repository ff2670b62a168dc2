// Bundles of what a page imports, as Vite makes them for an app, with what a visitor downloads of them.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

type Chunk = Rolldown.OutputChunk;

export interface Bundle {
  readonly chunks: readonly Chunk[];
  /** Bytes, compressed, of the entry and of the chunks whose modules match, each with what it imports statically. */
  readonly bytes: (...modules: readonly RegExp[]) => number;
}

/** @param source of the entry, in this folder */
export async function bundle(source: string): Promise<Bundle> {
  const id = '\0entry.js';
  const result = await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@ssdlite/source', 'module', 'browser', 'production'] },
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      rolldownOptions: { input: 'entry', preserveEntrySignatures: 'strict' },
    },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (name) => (name === 'entry' ? id : undefined),
        load: (name) => (name === id ? source : undefined),
      },
    ],
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .filter((file) => file.type === 'chunk');
  return { chunks, bytes: (...modules) => bytesOf(chunks, modules) };
}

function bytesOf(chunks: readonly Chunk[], modules: readonly RegExp[]): number {
  const needed = new Set<Chunk>();
  const need = (chunk: Chunk | undefined): void => {
    if (!chunk || needed.has(chunk)) return;
    needed.add(chunk);
    for (const name of chunk.imports) need(chunks.find(({ fileName }) => fileName === name));
  };
  for (const chunk of chunks) {
    const matches = modules.some((module) => chunk.moduleIds.some((name) => module.test(name)));
    if (chunk.isEntry || matches) need(chunk);
  }
  return [...needed].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}
