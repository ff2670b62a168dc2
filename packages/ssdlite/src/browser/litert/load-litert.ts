// Starts LiteRT, of which a page or worker has one.

import { getGlobalLiteRtPromise, type LiteRt, loadLiteRt, supportsFeature } from '@litertjs/core';
import { hasThreads } from '../engines/wasm/wasm-features.ts';
import type { LitertBuild, LitertFiles } from './litert-files.ts';

/** How LiteRT is started. */
export interface LitertStart {
  readonly files: LitertFiles;
  /** Default: all that the processor has; 1 for the build without. */
  readonly threads?: number | undefined;
}

/** The global scope as LiteRT's own scripts use it while they load. */
interface LoadingScope {
  Module?: unknown;
  ModuleFactory?: unknown;
  importScripts?: (...addresses: string[]) => void;
}

let starting: Promise<LiteRt> | undefined;

/** Starts it, or joins whoever on this page has started it already. */
export function loadLitert(options: LitertStart): Promise<LiteRt> {
  starting ??= (getGlobalLiteRtPromise() ?? startBest(options)).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function startBest({ files, threads }: LitertStart): Promise<LiteRt> {
  const isThreaded = threads !== 1 && hasThreads() && (await supportsFeature('relaxedSimd'));
  if (isThreaded) return start(files.threaded, await threadScriptOf(files.threaded));
  return start((await supportsFeature('relaxedSimd')) ? files.relaxed : files.compatible);
}

async function start({ script, binary }: LitertBuild, threadScript: string | Blob = script): Promise<LiteRt> {
  const scope = globalThis as LoadingScope;
  const { Module: before, importScripts } = scope;
  scope.Module = {
    locateFile: (file: string) => (file.endsWith('.wasm') ? binary : script),
    mainScriptUrlOrBlob: threadScript,
    // It tells of its start, and of what does not matter.
    print: () => undefined,
    printErr: () => undefined,
  };
  try {
    if (importScripts && isModuleWorker(importScripts)) await beReadyInModuleWorker(scope, script);
    return await loadLiteRt(script);
  } finally {
    scope.Module = before;
    if (importScripts) scope.importScripts = importScripts;
  }
}

/** What its threads run. Browsers start no worker from another site, such as a CDN: that one's script is read before. */
async function threadScriptOf({ script }: LitertBuild): Promise<string | Blob> {
  if (new URL(script, location.href).origin === self.origin) return script;
  return new Blob([await textOf(script)], { type: 'text/javascript' });
}

async function textOf(script: string): Promise<string> {
  const response = await fetch(script);
  if (!response.ok) throw new Error(`${script} answers ${response.status}`);
  return response.text();
}

/** Bundlers make either of a worker that is asked for as a module. */
function isModuleWorker(importScripts: (address: string) => void): boolean {
  try {
    // No address: modules are refused before it is looked at, and nothing is fetched. Without any, Firefox would refuse nobody.
    importScripts('http://');
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}

/** LiteRT calls `importScripts`, which module workers refuse: its script is loaded before, as a module. */
async function beReadyInModuleWorker(scope: LoadingScope, script: string): Promise<void> {
  const source = `${await textOf(script)}\nexport default ModuleFactory;`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    const { default: factory } = await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
    scope.importScripts = () => {
      scope.ModuleFactory = factory;
    };
  } finally {
    URL.revokeObjectURL(url);
  }
}
