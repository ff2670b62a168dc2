// The example that measures AP gives what `ssdlite eval` gives on the same pictures.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const built = existsSync(path('packages/ssdlite/dist/node/index.js'));
const node = (...args: string[]) => promisify(execFile)(process.execPath, args);

/** The twelve figures of a text. */
const figures = (text: string): number[] =>
  [...text.matchAll(/\] = (-?[\d.]+)$/gm)].map(([, value]) => Number(value));

describe.skipIf(!built)(`coco-map${built ? '' : ' (skipped: the sources are not compiled)'}`, () => {
  test('prints twelve figures and AP by category, those of ssdlite eval', async () => {
    const { stdout, stderr } = await node(path('examples/coco-map/coco-map.mjs'));
    expect(stderr).toBe('');
    expect(figures(stdout)).toHaveLength(12);
    expect(stdout).toMatch(/^person 0\.\d{3}, bicycle 0\.\d{3}, /m);
    const { stdout: evaluated } = await node(
      path('packages/cli/bin/ssdlite.js'),
      'eval',
      '--annotations',
      path('examples/coco-map/annotations.json'),
      '--images',
      path('examples/photos'),
    );
    // The command evaluates what it writes, rounded to a thousandth of a pixel: nearly the same.
    for (const [place, value] of figures(evaluated).entries()) {
      expect(figures(stdout)[place]).toBeCloseTo(value, 2);
    }
  });

  test('names a file that is not there', async () => {
    await expect(node(path('examples/coco-map/coco-map.mjs'), 'gone.json')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('gone.json: It cannot be read: there is no such file.'),
    });
  });
});
