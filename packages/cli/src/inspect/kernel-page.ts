// A page that shows depthwise kernels as pictures: one HTML file that needs nothing else.

import { type ConvolutionReport, channelsCarrying, toFloat16, type Weights, weightOf } from '@ssdlite/layers';

export interface KernelPage {
  /** Name of the weights. */
  readonly title: string;
  readonly reports: readonly ConvolutionReport[];
  /** With batch norm folded. */
  readonly weights: Weights;
  /** Share of a layer's largest weight up to which weights count as zero. */
  readonly threshold: number;
  /** How `carried` came about, as the end of a sentence. */
  readonly carriedBy: string;
}

/** The whole page. */
export function kernelPage({ title, reports, weights, threshold, carriedBy }: KernelPage): string {
  const layers = reports.filter(({ kind }) => kind === 'DepthwiseConv2D');
  const data = layers.map((report) => {
    const { data: kernel, shape } = weightOf(weights, `${report.name}/kernel`);
    const { buffer } = toFloat16(kernel);
    return {
      name: report.name,
      channels: report.channels,
      side: shape[0] ?? 1,
      largest: Math.max(-report.weights[0], report.weights[1]),
      dead: report.dead,
      constant: report.constant,
      carried: report.carried?.map((share) => Number(share.toPrecision(3))),
      weights: Buffer.from(buffer).toString('base64'),
    };
  });
  const kernels = layers.reduce((sum, { channels }) => sum + channels, 0);
  const dead = layers.reduce((sum, { dead }) => sum + dead.length, 0);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}: depthwise kernels</title>
<style>${style}</style>
<h1>${escapeHtml(title)}: depthwise kernels</h1>
<p>${kernels.toLocaleString('en-US')} kernels, ${dead.toLocaleString('en-US')} of them dead: no weight is over ${threshold} of the layer's
largest, batch norm folded. What a channel carries is told by ${escapeHtml(carriedBy)}.</p>
<p class="legend"><span class="minus"></span> negative <span class="zero"></span> zero <span class="plus"></span> positive
<span class="gone"></span> dead &nbsp; <label><input type="checkbox" id="sorted"> strongest first</label></p>
<table>
<thead><tr><th>layer<th class="n">kernels<th class="n">dead<th><th class="n">constant<th class="n">zeros<th>weights<th class="n">carry 99 %</thead>
<tbody>
${layers.map(row).join('\n')}
</tbody>
</table>
${layers.map(({ name, channels }) => `<section id="${name}"><h2>${name} <small>${channels} kernels</small></h2><canvas></canvas></section>`).join('\n')}
<div id="tip" hidden></div>
<script>const layers = ${JSON.stringify(data)};
${script}</script>
</html>
`;
}

function row(report: ConvolutionReport): string {
  const { name, channels, dead, constant, sparsity, weights, carried } = report;
  const share = dead.length / channels;
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const carry = carried ? channelsCarrying(carried, 0.99).toString() : '';
  return `<tr><td><a href="#${name}">${name}</a><td class="n">${channels}<td class="n">${dead.length || ''}<td><i class="bar" style="--share:${share.toFixed(3)}"></i><td class="n">${constant.length || ''}<td class="n">${percent(sparsity)}<td>${weights.map((weight) => weight.toFixed(2)).join(' to ')}<td class="n">${carry}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ddd; --gone: #d9d4c7; --minus: #2166ac; --plus: #b2182b; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #181818; --line: #383838; --gone: #4a463d; --minus: #62a8e5; --plus: #ef6a5a; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; } small { font-weight: normal; opacity: .7; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
.n { text-align: right; } a { color: inherit; }
.bar { display: block; width: 8rem; height: .7rem; background: linear-gradient(90deg, var(--plus) calc(var(--share) * 100%), var(--line) 0); }
.legend span { display: inline-block; width: .9em; height: .9em; vertical-align: -.1em; border: 1px solid var(--line); margin-left: .6em; }
.minus { background: var(--minus); } .plus { background: var(--plus); } .zero { background: var(--paper); } .gone { background: var(--gone); }
canvas { display: block; image-rendering: pixelated; }
#tip { position: absolute; background: var(--paper); color: var(--ink); border: 1px solid var(--line); padding: .3rem .5rem; font: 12px/1.4 ui-monospace, monospace; white-space: pre; pointer-events: none; box-shadow: 0 2px 8px #0004; }
`;

// Runs in the reader's browser, so it is plain JavaScript. The square root makes small weights visible beside large ones.
const script = `
const cell = 6, gap = 4;
const half = (bits) => {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const mix = (from, to, share) => {
  const parts = (color) => [1, 3, 5].map((at) => parseInt(color.length === 4 ? color[(at + 1) / 2] + color[(at + 1) / 2] : color.slice(at, at + 2), 16));
  const [a, b] = [parts(from), parts(to)];
  return 'rgb(' + a.map((value, at) => Math.round(value + (b[at] - value) * share)).join() + ')';
};
for (const layer of layers) {
  const bytes = Uint8Array.from(atob(layer.weights), (char) => char.charCodeAt(0));
  layer.values = Array.from(new Uint16Array(bytes.buffer), half);
  layer.canvas = document.getElementById(layer.name).querySelector('canvas');
  layer.canvas.addEventListener('pointermove', (event) => tell(layer, event));
  layer.canvas.addEventListener('pointerleave', () => { tip.hidden = true; });
}
const tip = document.getElementById('tip');
const sorted = document.getElementById('sorted');
function draw(layer) {
  const { canvas, channels, side, values, largest } = layer;
  const pitch = side * cell + gap;
  const columns = Math.max(1, Math.floor((document.body.clientWidth - 32) / pitch));
  const order = Array.from({ length: channels }, (_, channel) => channel);
  if (sorted.checked && layer.carried) order.sort((a, b) => layer.carried[b] - layer.carried[a]);
  Object.assign(layer, { pitch, columns, order });
  canvas.width = columns * pitch;
  canvas.height = Math.ceil(channels / columns) * pitch;
  const context = canvas.getContext('2d');
  const [paper, minus, plus, gone, line] = ['--paper', '--minus', '--plus', '--gone', '--line'].map(css);
  const dead = new Set(layer.dead);
  order.forEach((channel, place) => {
    const left = (place % columns) * pitch, top = Math.floor(place / columns) * pitch;
    context.fillStyle = line;
    context.fillRect(left, top, side * cell + 2, side * cell + 2);
    for (let tap = 0; tap < side * side; tap++) {
      const value = values[tap * channels + channel];
      context.fillStyle = dead.has(channel) ? gone : mix(paper, value < 0 ? minus : plus, Math.sqrt(Math.abs(value) / largest));
      context.fillRect(left + 1 + (tap % side) * cell, top + 1 + Math.floor(tap / side) * cell, cell, cell);
    }
  });
}
function tell(layer, event) {
  const { pitch, columns, order, side, channels, values, carried } = layer;
  const place = Math.floor(event.offsetY / pitch) * columns + Math.floor(event.offsetX / pitch);
  const channel = order[place];
  tip.hidden = channel === undefined || event.offsetX >= columns * pitch;
  if (tip.hidden) return;
  const rows = Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) =>
    values[(row * side + column) * channels + channel].toFixed(3).padStart(8)).join(' '));
  const share = carried ? '\\ncarries ' + (carried[channel] * 100).toPrecision(2) + ' %' : '';
  const what = layer.dead.includes(channel) ? '\\ndead' : layer.constant.includes(channel) ? '\\nconstant' : '';
  tip.textContent = layer.name + ', channel ' + channel + '\\n' + rows.join('\\n') + share + what;
  tip.style.left = event.pageX + 14 + 'px';
  tip.style.top = event.pageY + 14 + 'px';
}
const drawAll = () => layers.forEach(draw);
sorted.addEventListener('change', drawAll);
addEventListener('resize', drawAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
drawAll();
`;
