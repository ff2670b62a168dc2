// The SHA-256 of bytes, by the platform's own implementation where there is one.

/**
 * SHA-256 as 64 hexadecimal digits.
 *
 * Browsers keep WebCrypto from pages that came by http from another machine, as a developer's do on a phone: there it is computed in
 * JavaScript, which is loaded only then.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  const digest = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', bytes))
    : await withoutWebCrypto(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function withoutWebCrypto(bytes: Uint8Array): Promise<Uint8Array> {
  // Taken out at once, so that bundlers leave the library's other digests out.
  const { sha256: digest } = await import('@noble/hashes/sha2.js');
  return digest(bytes);
}
