// Pictures with their boxes: small ones side by side, each opened large by a press.

import type { BoxKind, ReportBox, ReportPicture } from '../report-data.ts';
import { element, section, svgElement } from './element.ts';

const kindNames: Readonly<Record<BoxKind, string>> = {
  right: 'right detection',
  wrong: 'false positive',
  found: 'found object',
  missed: 'missed object',
  plain: 'object',
  broken: 'broken box',
};

/** A section per group of pictures, with boxes to choose which kinds are drawn; nothing without pictures. */
export function pictureGallery(pictures: readonly ReportPicture[], about: string): HTMLElement[] {
  if (pictures.length === 0) return [];
  const dialog = element('dialog', { class: 'viewer' });
  // A press beside the picture closes it; Escape does so by itself.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  const frame = element('div', { class: 'gallery' });
  const groups = [...new Set(pictures.map(({ group }) => group))];
  for (const group of groups) {
    frame.append(
      element('h3', {}, group),
      element(
        'div',
        { class: 'pictures' },
        ...pictures.filter((picture) => picture.group === group).map((picture) => card(picture, dialog)),
      ),
    );
  }
  return [
    section(
      { id: 'pictures', title: 'Pictures', about },
      kindChoices(pictures, [frame, dialog]),
      frame,
      dialog,
    ),
  ];
}

function kindChoices(pictures: readonly ReportPicture[], hosts: readonly HTMLElement[]): HTMLElement {
  const kinds = new Set(pictures.flatMap(({ boxes }) => boxes.map(({ kind }) => kind)));
  const choices = [...kinds].map((kind) => {
    const box = element('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => {
      for (const host of hosts) host.classList.toggle(`without-${kind}`, !box.checked);
    });
    return element(
      'label',
      { class: `key ${kind}` },
      box,
      element('span', { class: 'swatch' }),
      kindNames[kind],
    );
  });
  return element('fieldset', { class: 'keys' }, element('legend', {}, 'Drawn'), ...choices);
}

function card(picture: ReportPicture, dialog: HTMLDialogElement): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'picture', 'aria-label': `Enlarge ${picture.name}: ${picture.note}` },
    drawing(picture, false),
  );
  button.addEventListener('click', () => {
    const close = element('button', { type: 'button', autofocus: true }, 'Close');
    close.addEventListener('click', () => dialog.close());
    dialog.replaceChildren(
      element(
        'div',
        { class: 'viewer-head' },
        element('strong', {}, picture.name),
        ` ${picture.note}`,
        close,
      ),
      drawing(picture, true),
    );
    dialog.showModal();
  });
  return element(
    'figure',
    {},
    button,
    element('figcaption', {}, element('span', { class: 'name' }, picture.name), picture.note),
  );
}

function drawing({ name, width, height, boxes, source }: ReportPicture, labelled: boolean): SVGElement {
  const picture = source
    ? svgElement('image', { href: source, width, height, preserveAspectRatio: 'none' })
    : svgElement('rect', { class: 'empty', width, height });
  return svgElement(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': name },
    picture,
    ...boxes.map((box) => drawnBox(box, { width, height, labelled })),
  );
}

function drawnBox(
  { box: [x, y, boxWidth, boxHeight], kind, label }: ReportBox,
  {
    width,
    height,
    labelled,
  }: { readonly width: number; readonly height: number; readonly labelled: boolean },
): SVGElement {
  const size = Math.max(width, height) / 65;
  const lines: SVGElement[] = [
    svgElement('rect', { x, y, width: Math.max(boxWidth, 0), height: Math.max(boxHeight, 0) }),
  ];
  if (labelled) {
    // Objects are named at the bottom of their boxes and detections at the top, so that both can be read.
    const isObject = kind === 'found' || kind === 'missed';
    const line = isObject ? y + boxHeight - size * 0.3 : y < size * 1.2 ? y + size : y - size * 0.25;
    lines.push(svgElement('text', { x: x + size * 0.2, y: line, 'font-size': size }, label));
  }
  return svgElement(
    'g',
    { class: `box ${kind}` },
    ...lines,
    svgElement('title', {}, `${kindNames[kind]}: ${label}`),
  );
}
