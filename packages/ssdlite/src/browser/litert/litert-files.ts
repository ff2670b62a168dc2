// Where LiteRT's builds lie: a script and a binary each.

/** Addresses of a build's two files. */
export interface LitertBuild {
  readonly script: string;
  readonly binary: string;
}

/** By what the browser must have: threads and relaxed SIMD, relaxed SIMD, or neither. */
export type LitertFiles = Readonly<Record<'threaded' | 'relaxed' | 'compatible', LitertBuild>>;

/** @param path of the folder with the builds; without it, the addresses that a bundler puts here */
export function litertFiles(path: string | URL | undefined): LitertFiles {
  if (path !== undefined) {
    const text = String(path);
    const folder = new URL(text.endsWith('/') ? text : `${text}/`, location.href);
    const build = (name: string): LitertBuild => ({
      script: new URL(`${name}.js`, folder).href,
      binary: new URL(`${name}.wasm`, folder).href,
    });
    return {
      threaded: build('litert_wasm_threaded_internal'),
      relaxed: build('litert_wasm_internal'),
      compatible: build('litert_wasm_compat_internal'),
    };
  }
  // Each written out in full for bundlers, which look for exactly this form.
  return {
    threaded: {
      script: new URL('@litertjs/core/wasm/litert_wasm_threaded_internal.js', import.meta.url).href,
      binary: new URL('@litertjs/core/wasm/litert_wasm_threaded_internal.wasm', import.meta.url).href,
    },
    relaxed: {
      script: new URL('@litertjs/core/wasm/litert_wasm_internal.js', import.meta.url).href,
      binary: new URL('@litertjs/core/wasm/litert_wasm_internal.wasm', import.meta.url).href,
    },
    compatible: {
      script: new URL('@litertjs/core/wasm/litert_wasm_compat_internal.js', import.meta.url).href,
      binary: new URL('@litertjs/core/wasm/litert_wasm_compat_internal.wasm', import.meta.url).href,
    },
  };
}
