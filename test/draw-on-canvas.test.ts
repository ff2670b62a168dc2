// The example draws what it should, and leaves nothing half-written when it cannot.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readImage } from 'ssdlite/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../examples/draw-on-canvas/draw-on-canvas.mjs', import.meta.url));
const photo = fileURLToPath(new URL('../examples/photos/corner-sink.jpg', import.meta.url));
const built = existsSync(new URL('../packages/ssdlite/dist/node/index.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssdlite-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args], { cwd: folder });

describe.skipIf(!built)(`draw-on-canvas${built ? '' : ' (skipped: the sources are not compiled)'}`, () => {
  test('a photo comes out with boxes on it', async () => {
    const { stdout, stderr } = await run(photo, 'boxes/sink.png');
    expect(stdout).toMatch(/^Drawing with (@napi-rs\/)?canvas/);
    expect(stdout).toMatch(/Found [1-9]\d* in .*corner-sink\.jpg; see boxes\/sink\.png\./);
    expect(stderr).toBe('');

    const [before, after] = [await readImage(photo), await readImage(join(folder, 'boxes/sink.png'))];
    expect([after.width, after.height]).toEqual([before.width, before.height]);
    const changed = after.data.filter((value, i) => value !== before.data[i]).length / after.data.length;
    expect(changed).toBeGreaterThan(0.002);
    expect(changed).toBeLessThan(0.2);
  });

  test('what is no photo is an error, and no file', async () => {
    await expect(run('gone.jpg', 'nothing/out.png')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^IMAGE_NOT_FOUND: "gone\.jpg" does not exist\./),
    });
    await expect(run(photo, join(photo, 'out.png'))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^WRITE_FAILED: /),
    });
    expect(await readdir(folder)).not.toContain('nothing');
  });
});
