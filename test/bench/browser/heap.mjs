// What of a page's heap is new, by kind, after detectors that were made and disposed of: two heap snapshots, compared.
//   node test/bench/browser/heap.mjs [--engine tfjs-webgl] [--from 26] [--to 38] [--side 64]
// @ts-check
import { parseArgs } from 'node:util';
import { openBrowser } from './open-page.mjs';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'tfjs-webgl' },
    from: { type: 'string', default: '26' },
    to: { type: 'string', default: '38' },
    side: { type: 'string', default: '64' },
  },
});
const [from, to] = [Number(values.from), Number(values.to)];
const pictures = new URL('../../../examples/photos/', import.meta.url).pathname;
const session = await openBrowser({ pictures, isolated: true });
try {
  const page = await session.open();
  const devtools = await page.context().newCDPSession(page);
  const run = (/** @type {number} */ count) =>
    page.evaluate(
      async ({ count, engine, side }) => {
        const { createDetector } = await loadSsdlite();
        const { manifest: address, weights: bytes } = cocoWeights;
        for (let cycle = 0; cycle < count; cycle++) {
          const manifest = await (await fetch(address)).json();
          manifest.architecture.inputSize = { height: side, width: side };
          const options = { engine: /** @type {'tfjs-wasm'} */ (engine), threads: 1 };
          const detector = await createDetector({ ...options, weights: { manifest, bytes } });
          await detector.detect('pictures/bike-shop.jpg');
          await detector.dispose();
        }
      },
      { count, engine: values.engine, side: Number(values.side) },
    );
  const look = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    /** @type {string[]} */
    const chunks = [];
    const take = (/** @type {{ chunk: string }} */ { chunk }) => chunks.push(chunk);
    devtools.on('HeapProfiler.addHeapSnapshotChunk', take);
    await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    devtools.off('HeapProfiler.addHeapSnapshotChunk', take);
    return { usedSize, nodes: nodesOf(JSON.parse(chunks.join(''))) };
  };
  await run(from);
  const before = await look();
  await run(to - from);
  const after = await look();
  const cycles = to - from;
  const perCycle = (/** @type {number} */ sum) => (sum / cycles).toFixed(1).padStart(10);
  console.log(`${values.engine}, from the ${from}th to the ${to}th detector, for each:`);
  console.log(
    `${perCycle(after.usedSize - before.usedSize)} bytes more of JavaScript's heap; new in it and beside it:`,
  );
  /** @type {Map<string, { count: number; bytes: number }>} */
  const kinds = new Map();
  for (const [id, { kind, bytes }] of after.nodes) {
    if (before.nodes.has(id)) continue;
    const sum = kinds.get(kind) ?? { count: 0, bytes: 0 };
    kinds.set(kind, { count: sum.count + 1, bytes: sum.bytes + bytes });
  }
  const rows = [...kinds].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, 25);
  for (const [kind, { count, bytes }] of rows)
    console.log(`${perCycle(bytes)} bytes ${perCycle(count)}  ${kind}`);
} finally {
  await session.close();
}

/**
 * By id, which an object keeps from one snapshot to the next.
 * @param {{ snapshot: { meta: { node_fields: string[]; node_types: [string[]] } }; nodes: number[]; strings: string[] }} heap
 * @returns {Map<number, { kind: string; bytes: number }>}
 */
function nodesOf({ snapshot, nodes, strings }) {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, id, size] = ['type', 'name', 'id', 'self_size'].map((field) => fields.indexOf(field));
  const number = (/** @type {number} */ at, /** @type {number | undefined} */ field) =>
    nodes[at + (field ?? 0)] ?? 0;
  /** @type {ReturnType<typeof nodesOf>} */
  const all = new Map();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = `${types[0][number(at, type)]}: ${(strings[number(at, name)] ?? '').slice(0, 60)}`;
    all.set(number(at, id), { kind, bytes: number(at, size) });
  }
  return all;
}
