// Base64 to bytes, without `fetch`, which a page's content security policy may keep from data URLs.

/** Newer than the types of TypeScript's DOM. */
const native = Uint8Array as { readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

/** Decodes base64. */
export function bytesFromBase64(base64: string): Uint8Array<ArrayBuffer> {
  // Browsers since 2025: a tenth of the time.
  if (native.fromBase64) return native.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
