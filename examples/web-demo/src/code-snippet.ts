// The program that does what the page does with the present settings.

import { defaultSettings, type Settings } from './settings.ts';

/** @param labels names of the classes that are picked */
export function codeSnippet(settings: Settings, labels: readonly string[]): string {
  const { score, iou, maximum, quality, engine } = settings;
  const options = [
    `scoreThreshold: ${Math.round(score * 100) / 100}`,
    ...(quality === 'fast' && iou !== defaultSettings.iou
      ? [`iouThreshold: ${Math.round(iou * 100) / 100}`]
      : []),
    ...(quality === 'fast' ? [] : [`quality: '${quality}'`]),
    `maxDetections: ${maximum}`,
    ...(labels.length > 0 ? [`classes: [${labels.map((label) => `'${label}'`).join(', ')}]`] : []),
  ];
  const isLitert = engine === 'litert-wasm';
  const wish = isLitert ? 'engine: litert(), ' : engine === 'auto' ? '' : `engine: '${engine}', `;
  return [
    "import { createDetector } from 'ssdlite/browser';",
    ...(isLitert ? ["import { litert } from 'ssdlite/browser/litert';"] : []),
    '',
    `const detector = await createDetector({ ${wish}worker: true });`,
    'const detections = await detector.detect(image, {',
    ...options.map((option) => `  ${option},`),
    '});',
    "// [{ label: 'person', classId: 1, score: 0.93, box: { x, y, width, height } }, …]",
  ].join('\n');
}
