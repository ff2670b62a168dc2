// The check of an engine's kernels: the answer that it wants is what Node computes, and wrong ones are found out.

import { describe, expect, test } from 'vitest';
import type { Engine } from '../../engine.ts';
import { onnxRuntimeEngine } from '../../node/engines/onnxruntime.ts';
import { checkKernels } from './check-kernels.ts';

/** An engine of Node whose results are changed; it counts its programs. */
async function engineWith(change: (rows: Float32Array) => Float32Array) {
  const engine = await onnxRuntimeEngine({});
  const programs = { made: 0, disposed: 0 };
  const compile: Engine['compile'] = async (network, weights) => {
    const program = await engine.compile(network, weights);
    programs.made++;
    return {
      async run(image, size) {
        const { rows, ...others } = await program.run(image, size);
        return { ...others, rows: change(rows ?? new Float32Array()) };
      },
      async dispose() {
        programs.disposed++;
        await program.dispose();
      },
    };
  };
  return { inputLayout: engine.inputLayout, compile, programs };
}

describe('the kernels of an engine', () => {
  test('that are right pass, and nothing is left of the check', async () => {
    const engine = await engineWith((rows) => rows);
    await expect(checkKernels(engine)).resolves.toBeUndefined();
    expect(engine.programs).toEqual({ made: 1, disposed: 1 });
  });

  test.each<[string, (rows: Float32Array) => Float32Array]>([
    ['zeros', (rows) => rows.map(() => 0)],
    ['nothing', () => new Float32Array()],
    ['numbers that are not finite', (rows) => rows.map(() => Number.NaN)],
    ['numbers at wrong places', (rows) => rows.map((_, at) => rows[at + 1] ?? 0)],
    ['numbers that are a little off', (rows) => rows.map((value) => value + 0.02)],
    ['numbers that are too large', (rows) => rows.map((value) => value * 1.05)],
  ])('that give %s are found out', async (_, change) => {
    const engine = await engineWith(change);
    await expect(checkKernels(engine)).rejects.toThrow(/^its kernels compute wrongly/);
    expect(engine.programs).toEqual({ made: 1, disposed: 1 });
  });
});
