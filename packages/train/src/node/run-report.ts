// The report of a run: its curves, figures and samples on one page that needs nothing else.

import type { RunConfig } from '../run/run-config.ts';
import type { LogLine } from './run-log.ts';

export interface RunReport {
  readonly config: RunConfig;
  readonly log: readonly LogLine[];
  readonly seconds: number;
  /** COCO's figures of the weights as they are stored; undefined without validation. */
  readonly stats: Readonly<Record<string, number>> | undefined;
  readonly perClass: readonly {
    readonly name: string;
    readonly AP: number;
    readonly boxes: number;
    readonly threshold?: number;
  }[];
  /** Lines such as "3 pictures cannot be read". */
  readonly problems: readonly string[];
  /** JPEG. */
  readonly samples: Uint8Array | undefined;
  readonly machine: string;
}

/** The page. */
export function runReport(report: RunReport): string {
  const { config, log, seconds, stats, perClass, problems, samples, machine } = report;
  const steps = log.filter((line) => line.kind === 'step');
  const validations = log.filter((line) => line.kind === 'validation');
  const loss = (part: 'total' | 'classification' | 'localization') =>
    smooth(steps.map(({ step, losses }) => [step, losses[part]]));
  const facts: [string, string][] = [
    ['classes', config.classes.join(', ')],
    [
      'trained on',
      `${config.train.pictures} pictures with ${config.train.boxes} boxes, ${config.train.annotations}`,
    ],
    ...(config.validation
      ? ([
          [
            'validated on',
            `${config.validation.pictures} pictures with ${config.validation.boxes} boxes, ${config.validation.annotations}`,
          ],
        ] as [string, string][])
      : []),
    ['from', config.from],
    ['steps', `${config.steps} of ${config.batchSize} pictures`],
    ['time', `${(seconds / 60).toFixed(1)} minutes on ${machine}`],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(config.name)}: a training run</title>
<style>${style}</style>
<h1>${text(config.name)}</h1>
${stats ? `<p class="figures">${['AP', 'AP50', 'AP75', 'APsmall', 'APmedium', 'APlarge', 'AR100'].map((name) => `<span><b>${figure(stats[name])}</b>${name}</span>`).join('')}</p>` : '<p>There was no validation set: how good these weights are, nobody knows.</p>'}
<dl>${facts.map(([name, value]) => `<dt>${name}<dd>${text(value)}`).join('')}</dl>
${problems.length > 0 ? `<h2>What was odd</h2><ul>${problems.map((line) => `<li>${text(line)}`).join('')}</ul>` : ''}
<h2>Loss</h2>
${chart([
  { name: 'total', points: loss('total'), color: '#444' },
  { name: 'classification', points: loss('classification'), color: '#b2182b' },
  { name: 'localization', points: loss('localization'), color: '#2166ac' },
])}
${
  validations.length > 0
    ? `<h2>Validation</h2>${chart([
        { name: 'AP', points: validations.map(({ step, stats }) => [step, stats.AP ?? 0]), color: '#1a7837' },
        {
          name: 'AP50',
          points: validations.map(({ step, stats }) => [step, stats.AP50 ?? 0]),
          color: '#999',
        },
      ])}`
    : ''
}
<h2>Learning rate</h2>
${chart([{ name: 'rate', points: steps.map(({ step, learningRate }) => [step, learningRate]), color: '#444' }])}
<h2>Classes</h2>
<table><thead><tr><th>class<th>boxes<th>AP<th>score threshold</thead><tbody>
${perClass.map(({ name, AP, boxes, threshold }) => `<tr><td>${text(name)}<td>${boxes}<td>${figure(AP)}<td>${threshold === undefined ? '' : threshold.toFixed(2)}`).join('\n')}
</tbody></table>
${samples ? `<h2>Samples</h2><img alt="Detections on a few pictures" src="data:image/jpeg;base64,${Buffer.from(samples).toString('base64')}">` : ''}
</html>
`;
}

type Point = readonly [step: number, value: number];

interface Line {
  readonly name: string;
  readonly points: readonly Point[];
  readonly color: string;
}

const size = { width: 720, height: 240, left: 56, bottom: 24, top: 8 } as const;

/** Lines over steps, as SVG. */
function chart(lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points);
  const last = Math.max(1, ...all.map(([step]) => step));
  const most = Math.max(Number.MIN_VALUE, ...all.map(([, value]) => value));
  const x = (step: number): number => size.left + (step / last) * (size.width - size.left - 8);
  const y = (value: number): number =>
    size.height - size.bottom - (value / most) * (size.height - size.bottom - size.top);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * most).toFixed(1);
    return `<path d="M${size.left} ${at}H${size.width - 8}"/><text x="${size.left - 6}" y="${Number(at) + 4}" text-anchor="end">${Number((share * most).toPrecision(2))}</text>`;
  });
  const drawn = lines.map(({ points, color }) => {
    const path = points.map(
      ([step, value], index) => `${index === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`,
    );
    return `<path d="${path.join('')}" stroke="${color}"/>`;
  });
  const names = lines
    .map(({ name, color }) => `<span><i style="background:${color}"></i>${name}</span>`)
    .join('');
  return `<figure><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${lines.map(({ name }) => name).join(', ')} over steps"><g class="grid">${ticks.join('')}</g><g class="lines">${drawn.join('')}</g><text x="${size.left}" y="${size.height - 6}">0</text><text x="${size.width - 8}" y="${size.height - 6}" text-anchor="end">${last} steps</text></svg><figcaption>${names}</figcaption></figure>`;
}

/** At most some 200 points, each the mean of its share of the steps. */
function smooth(points: readonly Point[]): Point[] {
  const group = Math.ceil(points.length / 200);
  return Array.from({ length: Math.ceil(points.length / Math.max(group, 1)) }, (_, index): Point => {
    const some = points.slice(index * group, (index + 1) * group);
    return [some.at(-1)?.[0] ?? 0, some.reduce((sum, [, value]) => sum + value, 0) / some.length];
  });
}

function figure(value: number | undefined): string {
  return value === undefined || value < 0 ? '–' : value.toFixed(3);
}

function text(value: string): string {
  return value.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const style = `
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { color: #666; } dd { margin: 0; }
.figures { display: flex; flex-wrap: wrap; gap: 1.4rem; } .figures span { display: flex; flex-direction: column; color: #666; font-size: .8rem; } .figures b { color: #222; font-size: 1.4rem; }
figure { margin: 0; } svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: #666; } .grid path { stroke: #e4e4e4; } .lines path { fill: none; stroke-width: 1.6; }
figcaption span { margin-right: 1.2rem; font-size: .85rem; } figcaption i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .15rem 1.2rem .15rem 0; border-bottom: 1px solid #ddd; }
img { max-width: 100%; }
`;
