// One training step of the whole network, forward and backward, batch 8: ours on tfjs-node against Python's TensorFlow, in pairs.
//
//   node test/bench/train-step.mjs PYTHON [PAIRS]     PYTHON: one with tensorflow (python3 -m venv …; pip install tensorflow-cpu)
// @ts-check
import { spawn } from 'node:child_process';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describe, toSteps, trainedWeights } from '@ssdlite/layers';
import {
  createTrainer,
  defaultConfig,
  initialWeights,
  openTrainingDevice,
  splitNetwork,
  TrainableProgram,
} from '@ssdlite/train';
import { ssdliteMobileNetV2, ssdNetwork } from 'ssdlite';

env.TF_CPP_MIN_LOG_LEVEL ??= '3';
const {
  positionals: [python, pairs = '15'],
} = parseArgs({ allowPositionals: true });
if (python === undefined)
  throw new Error('Name a Python that has tensorflow: node test/bench/train-step.mjs PYTHON');

const batch = 8;
const network = ssdNetwork(ssdliteMobileNetV2);
const { height, width } = network.input;
const shape = [batch, height, width, 3];

/** @type {string} As a variable, so that types are checked without it. */
const optionalPackage = '@tensorflow/tfjs-node';
const { default: tf } = await import(optionalPackage);
const device = await openTrainingDevice(tf, 'tensorflow');
const program = new TrainableProgram({
  device,
  network: splitNetwork(network, () => false),
  statistics: 'batch',
});
const weights = initialWeights(ssdliteMobileNetV2, { seed: 1 });
const image = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.random() * 2 - 1);

/** The slope of sum(y * y) / 2 is y. Gradients are read back, as the other side reads them. */
async function ours() {
  const start = performance.now();
  await program.differentiate({
    inputs: new Map([[0, { data: image, shape }]]),
    weights,
    judge: ({ boxes, logits }) => ({ result: undefined, gradients: { boxes, logits } }),
  });
  return performance.now() - start;
}

const child = spawn(python, [fileURLToPath(new URL('train_step.py', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const { steps, outputs } = toSteps(network);
const specs = trainedWeights(describe(network)).filter(({ name }) => !name.includes('/moving_'));
const task = {
  steps,
  outputs: Object.values(outputs),
  weights: specs.map((spec) => [spec.name, spec.shape]),
  input: shape,
};
child.stdin.write(`${JSON.stringify(task)}\n`);
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

async function theirs() {
  child.stdin.write('step\n');
  const { value, done } = await answers.next();
  if (done) throw new Error(`${python} ended; is tensorflow installed in it?`);
  return Number(value);
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return Number(sorted[Math.floor(sorted.length / 2)]);
}

// The first steps make plans and fill caches.
for (let i = 0; i < 3; i++) {
  await ours();
  await theirs();
}
const times = [];
for (let i = 0; i < Number(pairs); i++) times.push({ ours: await ours(), theirs: await theirs() });
child.stdin.end();

// The parts of a trainer's whole step, with 91 columns and eight boxes a picture.
const config = defaultConfig({ architecture: ssdliteMobileNetV2, fromScratch: true, steps: 100 });
const trainer = await createTrainer({ config, weights, device });
const samples = Array.from({ length: batch }, (_, imageId) => {
  const corners = Array.from({ length: 8 }, () => [Math.random() * 0.6, Math.random() * 0.6]);
  return {
    imageId,
    pixels: { data: new Uint8Array(height * width * 3).map(() => Math.random() * 256), height, width },
    boxes: Float32Array.from(corners.flatMap(([y = 0, x = 0]) => [y, x, y + 0.3, x + 0.3])),
    classes: Int32Array.from(corners, (_, index) => index + 1),
  };
});
/** @type {import('@ssdlite/train').StepResult['milliseconds'][]} */
const parts = [];
for (let i = 0; i < 7; i++) parts.push((await trainer.train(samples)).milliseconds);
await trainer.dispose();

const ms = (/** @type {number} */ value) => `${value.toFixed(0)} ms`;
console.log(`ours (tfjs-node)    ${ms(median(times.map((pair) => pair.ours)))}`);
console.log(`Python's TensorFlow ${ms(median(times.map((pair) => pair.theirs)))}`);
console.log(
  `ratio               ${median(times.map((pair) => pair.ours / pair.theirs)).toFixed(2)} (median of ${pairs} pairs)`,
);
console.log(`tensors left        ${device.tensorCount}`);
const names = /** @type {const} */ (['prepare', 'forward', 'loss', 'backward', 'update']);
const medians = names.map((name) => `${name} ${ms(median(parts.map((part) => part[name])))}`);
console.log(`a trainer's step    ${medians.join(', ')}`);
