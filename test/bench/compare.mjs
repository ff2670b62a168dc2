// This detector against coco-ssd, in one run, in turn, on the same pixels. Medians of pairs: machines are shared and noisy.

import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cocoWeights } from '@ssdlite/coco-weights';
import { describe } from '@ssdlite/layers';
import { toOnnx } from '@ssdlite/layers/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { createDetector, loadDetectorWeights, readImage, ssdNetwork } from 'ssdlite/node';
import { detectWithCocoSsd, loadCocoSsd } from './coco-ssd.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, starts: { type: 'string', default: '5' } },
});
const folder = positionals[0] ?? new URL('../../examples/photos/', import.meta.url).pathname;
const rounds = Number(values.rounds);
const paths = (await readdir(folder))
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .map((name) => join(folder, name));

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const milliseconds = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const row = (title, ours, theirs) => {
  const ratio = median(theirs.map((time, index) => time / ours[index]));
  console.log(
    `${title.padEnd(44)} ${median(ours).toFixed(1).padStart(8)} ${median(theirs).toFixed(1).padStart(9)} ${ratio.toFixed(1).padStart(7)}`,
  );
};

console.log(
  `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}, ${paths.length} photos, ${rounds} rounds`,
);
console.log(
  `${'milliseconds, medians'.padEnd(44)} ${'ours'.padStart(8)} ${'coco-ssd'.padStart(9)} ${'ratio'.padStart(7)}`,
);

// One picture, same pixels.
const detector = await createDetector();
const model = await loadCocoSsd();
const pictures = await Promise.all(paths.map((path) => readImage(path)));
for (const pixels of pictures.slice(0, 3)) {
  await detector.detect(pixels);
  await detectWithCocoSsd(model, pixels);
}
const manifest = JSON.parse(await readFile(cocoWeights.manifest, 'utf8'));
const { weights } = await loadDetectorWeights({ manifest, bytes: await readFile(cocoWeights.weights) });
const network = ssdNetwork(manifest.architecture);
const session = await InferenceSession.create(toOnnx({ network, weights }), {
  graphOptimizationLevel: 'all',
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
const { inputShape } = describe(network);
const [height, width, channels] = inputShape;
const input = new Tensor('float32', new Float32Array(height * width * channels), [
  1,
  channels,
  height,
  width,
]);
const ours = [];
const theirs = [];
const forward = [];
// In turn by rounds, not by calls: a core that has slept through the other's single-threaded call takes a while to come back.
for (let round = 0; round < rounds; round++) {
  for (const pixels of pictures) ours.push(await milliseconds(() => detector.detect(pixels)));
  for (const _ of pictures) forward.push(await milliseconds(() => session.run({ image: input })));
  for (const pixels of pictures) theirs.push(await milliseconds(() => detectWithCocoSsd(model, pixels)));
}
row('detect, same pixels', ours, theirs);
const overhead = median(ours) - median(forward);
console.log(`${'detect minus the network alone'.padEnd(44)} ${overhead.toFixed(1).padStart(8)}`);
console.log(`${'the network alone (ONNX Runtime)'.padEnd(44)} ${median(forward).toFixed(1).padStart(8)}`);

// A folder of JPEGs, the same decoder on both sides.
const decode = async (path) => {
  const { data, info } = await sharp(path).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};
const streamOurs = [];
const streamTheirs = [];
for (let round = 0; round < rounds; round++) {
  const mine = await milliseconds(async () => {
    for await (const _ of detector.detectStream(paths));
  });
  const others = await milliseconds(async () => {
    for (const path of paths) await detectWithCocoSsd(model, await decode(path));
  });
  streamOurs.push(mine / paths.length);
  streamTheirs.push(others / paths.length);
}
row('folder of JPEGs, per picture', streamOurs, streamTheirs);
await detector.dispose();

// From nothing to the first boxes, in fresh processes.
const start = (script) => {
  const path = new URL(script, import.meta.url).pathname;
  const output = execFileSync(process.execPath, [path, paths[0]], { stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(output.toString().trim().split('\n').at(-1)).milliseconds;
};
const startOurs = [];
const startTheirs = [];
for (let round = 0; round < Number(values.starts); round++) {
  startOurs.push(start('start-ours.mjs'));
  startTheirs.push(start('start-coco-ssd.mjs'));
}
row('process start to first boxes', startOurs, startTheirs);
