// Draws AP against time, by what test/bench/quality.mjs wrote: docs/quality/pareto.svg. `node scripts/draw-quality-chart.mjs [measured.json] [out.svg]`

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [input = here('../docs/quality/measured.json'), out = here('../docs/quality/pareto.svg')] =
  process.argv.slice(2);
const { machine, pictures, levels, cocoSsd } = JSON.parse(readFileSync(input, 'utf8'));

const size = { width: 720, height: 420 };
const plot = { left: 64, right: 696, top: 56, bottom: 352 };
const curve = ['fast', 'balanced', 'high', 'max'];
const others = ['fast, soft-vote', 'max, adaptive'];
const budgets = Object.keys(levels).filter((name) => /^max in \d+ ms$/.test(name));
const times = [...Object.values(levels), cocoSsd].map(({ milliseconds }) => milliseconds);
const low = Math.log2(Math.min(...times)) - 0.4;
const high = Math.log2(Math.max(...times)) + 0.7;
const mostAp = Math.ceil(Math.max(...Object.values(levels).map(({ ap }) => ap)) * 20) / 20;

const x = (milliseconds) =>
  plot.left + ((Math.log2(milliseconds) - low) / (high - low)) * (plot.right - plot.left);
const y = (ap) => plot.bottom - (ap / mostAp) * (plot.bottom - plot.top);
const point = ({ milliseconds, ap }) => `${x(milliseconds).toFixed(1)},${y(ap).toFixed(1)}`;
const text = (at, content, more = '') => `<text x="${at[0]}" y="${at[1]}" ${more}>${content}</text>`;

const apLines = Array.from({ length: Math.round(mostAp / 0.05) + 1 }, (_, step) => step * 0.05).map(
  (ap) =>
    `<line x1="${plot.left}" x2="${plot.right}" y1="${y(ap)}" y2="${y(ap)}" class="grid"/>${text([plot.left - 8, y(ap) + 4], ap.toFixed(2), 'text-anchor="end"')}`,
);
const timeLines = Array.from({ length: 12 }, (_, power) => 2 ** power * 4)
  .filter((time) => x(time) >= plot.left && x(time) <= plot.right)
  .map(
    (time) =>
      `<line x1="${x(time)}" x2="${x(time)}" y1="${plot.top}" y2="${plot.bottom}" class="grid"/>${text([x(time), plot.bottom + 18], time, 'text-anchor="middle"')}`,
  );
const dot = (level, name, { className, dx = 0, dy = -12, anchor = 'middle' }) =>
  `<circle cx="${x(level.milliseconds).toFixed(1)}" cy="${y(level.ap).toFixed(1)}" r="5" class="${className}"/>${text([(x(level.milliseconds) + dx).toFixed(1), (y(level.ap) + dy).toFixed(1)], name, `text-anchor="${anchor}"`)}`;

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13">
<title>AP against time of the levels of quality, and of coco-ssd</title>
<style>
  svg { background: #ffffff } text { fill: #24292f }
  .grid { stroke: #d8dee4 } .curve { fill: none; stroke: #0969da; stroke-width: 2 }
  .budgets { fill: none; stroke: #8250df; stroke-width: 1.5; stroke-dasharray: 4 4 } .budget { fill: #8250df }
  .ours { fill: #0969da } .variant { fill: #ffffff; stroke: #0969da; stroke-width: 2 } .theirs { fill: #cf222e }
</style>
<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>
${text([plot.left, 28], `AP on ${pictures} pictures of COCO train2017, against time a picture`, 'font-size="16" font-weight="600"')}
${apLines.join('\n')}
${timeLines.join('\n')}
<polyline points="${curve.map((name) => point(levels[name])).join(' ')}" class="curve"/>
<polyline points="${budgets.map((name) => point(levels[name])).join(' ')}" class="budgets"/>
${budgets.map((name) => dot(levels[name], name.replace('max ', ''), { className: 'budget', dx: 4, dy: 19, anchor: 'start' })).join('\n')}
${others.map((name) => dot(levels[name], name, { className: 'variant', dx: 2, dy: 36, anchor: 'start' })).join('\n')}
${curve.map((name) => dot(levels[name], name, { className: 'ours' })).join('\n')}
${dot(cocoSsd, 'coco-ssd (wasm)', { className: 'theirs', dy: 22 })}
${text([(plot.left + plot.right) / 2, plot.bottom + 40], 'milliseconds, decoding left out; each step twice as many. Dashed: max with a budget', 'text-anchor="middle"')}
${text([plot.left, size.height - 10], machine, 'font-size="11"')}
</svg>
`;
writeFileSync(out, svg);
console.log(`wrote ${out}`);
