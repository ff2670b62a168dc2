import { ssdliteMobileNetV2 } from 'ssdlite';
import { expect, test } from 'vitest';
import { drawnPictures } from '../fixtures/drawn-pictures.ts';
import { startingPoint, train } from './train.ts';

const tiny = {
  ...ssdliteMobileNetV2,
  alpha: 0.05,
  shrinkLast: true,
  inputSize: { height: 40, width: 40 },
  extraDepths: [32],
};

test('weights and device go by their names, and classes can be chosen', async () => {
  const dataset = drawnPictures({ count: 4, seed: 1 });
  const [first = ''] = dataset.classes;
  const steps = [];
  for await (const step of train({
    dataset,
    from: 'scratch',
    architecture: tiny,
    classes: [first],
    device: 'cpu',
    steps: 2,
    batchSize: 2,
  })) {
    steps.push(step);
  }
  expect(steps.map(({ step }) => step)).toEqual([0, 1]);
  expect(steps[0]?.training.labels.map(({ name }) => name)).toEqual([first]);
  expect(Number.isFinite(steps[1]?.loss)).toBe(true);
});

test("'coco' is the weights of the package, 'scratch' none, and what was read stays what it is", async () => {
  const coco = await startingPoint('coco');
  expect(coco).toMatchObject({ manifest: { name: 'ssdlite-mobilenet-v2-coco' } });
  expect(await startingPoint(coco)).toBe(coco);
  expect(await startingPoint('scratch')).toBe('scratch');
});

test('what cannot be is refused before anything is read', async () => {
  const dataset = drawnPictures({ count: 1, seed: 1 });
  const start = (options: object) => train({ dataset, device: 'cpu', steps: 1, ...options }).next();
  await expect(start({ classes: ['cupp'] })).rejects.toMatchObject({ code: 'UNKNOWN_CLASS' });
  await expect(start({ from: 'absent.json' })).rejects.toMatchObject({ code: 'WEIGHTS_NOT_FOUND' });
});
