// What kind of typed array a value is, without `instanceof`: arrays from another realm (a test runner's, a worker's) count.

const kindOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get;

/** `Uint8Array` (a Buffer too), `Float32Array`, …; undefined for what is no typed array. */
export function typedArrayKind(value: unknown): string | undefined {
  return kindOf?.call(value) as string | undefined;
}

/** Whether a value is an array of bytes. */
export function isByteArray(value: unknown): value is Uint8Array | Uint8ClampedArray {
  const kind = typedArrayKind(value);
  return kind === 'Uint8Array' || kind === 'Uint8ClampedArray';
}
