import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sha256 } from './sha256.ts';

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['by WebCrypto', globalThis.crypto],
  ['without WebCrypto, as on pages that came by http', {}],
])('%s', (_, crypto) => {
  test('the digest of "abc" is the one of FIPS 180-2, appendix B.1', async () => {
    vi.stubGlobal('crypto', crypto);
    expect(await sha256(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  test("any bytes, also a part of a buffer, have the digest that Node's crypto says", async () => {
    vi.stubGlobal('crypto', crypto);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(8), async (all, skip) => {
        const bytes = new Uint8Array(all).subarray(skip);
        expect(await sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
  });
});
