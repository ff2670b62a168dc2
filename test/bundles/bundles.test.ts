// What `ssdlite/browser` costs a visitor. The figures are kilobytes of 1000 bytes, compressed, without weights.

import { describe, expect, test } from 'vitest';
import { type Bundle, bundle } from './bundle.ts';

const budgets = {
  /** Before an engine is chosen. */
  import: 25_000,
  /** With all that a detector on WebGL loads. */
  webgl: 260_000,
};

/** A visitor's download on an engine: the detector, and the engine's own file. */
const onEngine = (bundled: Bundle, name: string): number =>
  bundled.bytes(/browser\/local-detector\.ts$/, new RegExp(`browser/engines/${name}\\.ts$`));

const modulesOf = ({ chunks }: Bundle): string[] => chunks.flatMap(({ moduleIds }) => moduleIds);

describe("import { createDetector } from 'ssdlite/browser'", async () => {
  const bundled = await bundle("export { createDetector } from 'ssdlite/browser';");

  test('keeps within its budgets', () => {
    const sizes = {
      import: bundled.bytes(),
      webgl: onEngine(bundled, 'tfjs-webgl'),
      webgpu: onEngine(bundled, 'tfjs-webgpu'),
      'wasm, without its binary': onEngine(bundled, 'tfjs-wasm'),
    };
    process.stderr.write(`ssdlite/browser, bytes compressed: ${JSON.stringify(sizes)}\n`);
    expect(sizes.import).toBeLessThan(budgets.import);
    expect(sizes.webgl).toBeLessThan(budgets.webgl);
  });

  test('loads no engine that was not chosen', () => {
    const statics = bundled.chunks.filter(({ isEntry }) => isEntry).flatMap(({ imports }) => imports);
    const eager = bundled.chunks.filter(({ isEntry, fileName }) => isEntry || statics.includes(fileName));
    const modules = eager.flatMap(({ moduleIds }) => moduleIds);
    expect(modules.filter((name) => /tfjs-backend|tfjs-core|engines\/tfjs-/.test(name))).toEqual([]);
  });

  test('loads the digest of pages without WebCrypto only there, in 4 kB', () => {
    const isDigest = ({ moduleIds }: { moduleIds: string[] }) =>
      moduleIds.some((name) => name.includes('@noble'));
    const digest = bundled.chunks.filter(isDigest);
    expect(digest.map(({ isDynamicEntry }) => isDynamicEntry)).toEqual([true]);
    const [{ fileName, moduleIds } = { fileName: '', moduleIds: [] }] = digest;
    expect(moduleIds.filter((name) => !name.includes('@noble'))).toEqual([]);
    expect(bundled.chunks.filter(({ imports }) => imports.includes(fileName))).toEqual([]);
    expect(bundled.bytes(/@noble/) - bundled.bytes()).toBeLessThan(4000);
  });

  test('holds nothing of Node, one copy of TensorFlow.js, and of LiteRT nothing', () => {
    const modules = modulesOf(bundled);
    expect(modules.filter((name) => /[/\\]src[/\\]node[/\\]|sharp|onnxruntime|litert/.test(name))).toEqual(
      [],
    );
    for (const { code } of bundled.chunks) expect(code).not.toMatch(/["'`]node:|__vite-browser-external/);
    const copies = modules.flatMap((name) => /^.*@tensorflow[/\\]tfjs-core[/\\]/.exec(name) ?? []);
    expect(new Set(copies).size).toBe(1);
  });
});

describe("import { litert } from 'ssdlite/browser/litert'", async () => {
  const bundled = await bundle(
    "export { createDetector } from 'ssdlite/browser'; export { litert } from 'ssdlite/browser/litert';",
  );

  test('adds next to nothing until the engine is started', async () => {
    const without = await bundle("export { createDetector } from 'ssdlite/browser';");
    expect(bundled.bytes() - without.bytes()).toBeLessThan(1500);
    expect(modulesOf(bundled).some((name) => name.includes('litert-engine'))).toBe(true);
  });
});
