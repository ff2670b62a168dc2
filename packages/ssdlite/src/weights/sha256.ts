// The SHA-256 of bytes, by the platform's own implementation.

import { SsdliteError } from '@ssdlite/layers';

/**
 * SHA-256 as 64 hexadecimal digits.
 *
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` where there is no WebCrypto: in a browser, on a page that came by http
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new SsdliteError(
      'WEIGHTS_UNSUPPORTED',
      'The weights cannot be checked: this page has no WebCrypto.',
      {
        next: 'Serve the page by https or from localhost.',
      },
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
