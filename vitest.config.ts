import { defineConfig } from 'vitest/config';

/** Tests run against the sources: packages find each other by the condition `@ssdlite/source`. */
const resolve = { conditions: ['@ssdlite/source'] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
