// What a pass costs by its size, and whether passes are faster together: as a batch, or side by side on one thread each.
//
//   node test/bench/passes.mjs [--rounds 15]

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { toOnnx } from '@ssdlite/layers/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readDetectorWeights, ssdNetwork } from 'ssdlite/node';

const { manifest, weights } = await readDetectorWeights();
const model = toOnnx({ network: ssdNetwork(manifest.architecture), weights });
const open = (options) =>
  InferenceSession.create(model, {
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...options,
  });
const inputs = new Map();
const run = async (session, size, batch = 1) => {
  const length = batch * 3 * size * size;
  const data =
    inputs.get(length) ?? Float32Array.from({ length }, (_, at) => ((at * 7919) % 255) / 127.5 - 1);
  inputs.set(length, data);
  await session.run({ image: new Tensor('float32', data, [batch, 3, size, size]) });
};

if (isMainThread) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
  const session = await open({});
  const answer = (worker) => new Promise((resolve) => worker.once('message', resolve));
  const workers = [0, 1].map(() => new Worker(new URL(import.meta.url)));
  await Promise.all(workers.map(answer));
  const sideBySide = async (shares) => {
    const done = workers.map(answer);
    for (const [index, worker] of workers.entries()) worker.postMessage(shares[index]);
    await Promise.all(done);
  };
  const inTurn = async (sizes) => {
    for (const size of sizes) await run(session, size);
  };
  const sizes = [300, 364, 428, 492, 620, 716, 844];
  const ways = {
    ...Object.fromEntries(sizes.map((size) => [`one pass of ${size}`, () => run(session, size)])),
    'two passes of 300': () => inTurn([300, 300]),
    'a batch of two of 300': () => run(session, 300, 2),
    'a batch of eight of 300': () => run(session, 300, 8),
    'eight passes of 300 in turn, all cores': () => inTurn(Array(8).fill(300)),
    'eight passes of 300 side by side, one thread each': () =>
      sideBySide([Array(4).fill(300), Array(4).fill(300)]),
    'the views of max in turn, all cores': () => inTurn([300, 300, 428, 620, 844]),
    'the views of max side by side, one thread each': () => sideBySide([[844], [620, 428, 300, 300]]),
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = -2; round < Number(values.rounds); round++) {
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now();
      await way();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  console.log(
    `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version}; medians of ${values.rounds}`,
  );
  for (const [name, list] of Object.entries(times)) {
    const median = list.toSorted((a, b) => a - b)[list.length >> 1];
    const [, size] = name.match(/^one pass of (\d+)$/) ?? [];
    const perPixel = size ? `, ${((median * 1e6) / (size * size)).toFixed(0)} ns per pixel` : '';
    console.log(`${name.padEnd(52)} ${median.toFixed(1).padStart(6)} ms${perPixel}`);
  }
  for (const worker of workers) worker.terminate();
} else {
  const session = await open({ intraOpNumThreads: 1 });
  parentPort.on('message', async (share) => {
    for (const size of share) await run(session, size);
    parentPort.postMessage('done');
  });
  parentPort.postMessage('ready');
}
