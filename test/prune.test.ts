// The COCO weights without their dead channels: the same outputs on a real photo.

import { pruneNetwork } from '@ssdlite/layers';
import { pruneDetector, ssdNetwork } from 'ssdlite';
import { createDetector, manifestText, readDetectorWeights } from 'ssdlite/node';
import { expect, test } from 'vitest';
import { photo } from './photos.ts';

const coco = await readDetectorWeights();
const network = ssdNetwork(coco.manifest.architecture);

test('Nearly half of the kernels of the two large class heads are dead, and none in the backbone', () => {
  const { pruned, multiplyAdds } = pruneNetwork(network, coco.weights);
  expect(Object.entries(pruned).map(([name, { filters, reads }]) => [name, filters, reads?.length])).toEqual([
    ['class_head_0_depthwise', undefined, 320],
    ['class_head_1_depthwise', undefined, 768],
  ]);
  expect(multiplyAdds).toEqual({ before: 749_503_856, after: 695_026_544 });
  const all = pruneNetwork(network, coco.weights, { multiple: 1 });
  expect(all.pruned.class_head_0_depthwise?.reads).toHaveLength(305);
  expect(all.pruned.class_head_1_depthwise?.reads).toHaveLength(759);
});

test.each(['onnxruntime-node', 'tfjs-wasm'] as const)(
  'On %s a pruned detector puts out the same within 1e-5',
  async (engine) => {
    const { manifest, bytes } = await pruneDetector(coco);
    const whole = await createDetector({ engine });
    const fewer = await createDetector({
      engine,
      weights: { manifest: JSON.parse(manifestText(manifest)), bytes },
    });
    const before = await whole.predict(photo);
    const after = await fewer.predict(photo);
    for (const output of ['boxes', 'logits'] as const) {
      let worst = 0;
      for (const [at, value] of before[output].entries()) {
        worst = Math.max(worst, Math.abs(value - (after[output][at] ?? Number.NaN)));
      }
      expect(worst).toBeLessThan(1e-5);
    }
    await whole.dispose();
    await fewer.dispose();
  },
);

test('Pruned weights are weights like others: they detect, and say what they are', async () => {
  const packed = await pruneDetector(coco, { encoding: 'hybrid', name: 'lean' });
  expect(packed.manifest.notes.at(-1)).toBe(
    'Pruned: dead channels are taken out, 7.3 % of the multiply-adds.',
  );
  expect(packed.manifest.weights.file).toBe('lean.safetensors');
  expect(packed.bytes.length).toBeLessThan(5_000_000);
  const detector = await createDetector({ weights: { manifest: packed.manifest, bytes: packed.bytes } });
  const labels = (await detector.detect(photo)).map(({ label }) => label);
  expect(labels).toContain('person');
  await detector.dispose();
  const again = pruneDetector({ manifest: packed.manifest, weights: coco.weights });
  await expect(again).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
