// Which parts of WebAssembly this browser and this page have. The probes are tiny modules that use the part.

/** 128-bit vectors. */
export function hasSimd(): boolean {
  // (func (drop (i8x16.splat (i32.const 0))))
  return validates(
    0,
    97,
    115,
    109,
    1,
    0,
    0,
    0,
    1,
    4,
    1,
    96,
    0,
    0,
    3,
    2,
    1,
    0,
    10,
    9,
    1,
    7,
    0,
    65,
    0,
    253,
    15,
    26,
    11,
  );
}

/** Threads: in the browser, and in the page, which must be cross-origin isolated to have memory that is shared. */
export function hasThreads(): boolean {
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated === false) return false;
  // A memory that is shared, of one page.
  return validates(0, 97, 115, 109, 1, 0, 0, 0, 5, 4, 1, 3, 1, 1);
}

function validates(...bytes: number[]): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(bytes));
}
