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
  if (isThreaded) return start(files.threaded);
  return start((await supportsFeature('relaxedSimd')) ? files.relaxed : files.compatible);
}

async function start({ script, binary }: LitertBuild): Promise<LiteRt> {
  const scope = globalThis as LoadingScope;
  const { Module: before, importScripts } = scope;
  scope.Module = {
    locateFile: (file: string) => (file.endsWith('.wasm') ? binary : script),
    // What its threads run.
    mainScriptUrlOrBlob: script,
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

/** Bundlers make either of a worker that is asked for as a module. */
function isModuleWorker(importScripts: () => void): boolean {
  try {
    importScripts();
    return false;
  } catch {
    return true;
  }
}

/** LiteRT calls `importScripts`, which module workers refuse: its script is loaded before, as a module. */
async function beReadyInModuleWorker(scope: LoadingScope, script: string): Promise<void> {
  const response = await fetch(script);
  if (!response.ok) throw new Error(`${script} answers ${response.status}`);
  const source = `${await response.text()}\nexport default ModuleFactory;`;
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
