// Pictures with what is on them: small ones side by side, each opened large by a press.

import type { ReportPicture, ReportSkeleton } from '../report-data.ts';
import { type DrawOptions, drawnObjects, kindNames } from './drawn-object.ts';
import { element, section, svgElement } from './element.ts';

export interface GalleryOptions {
  /** What is to be seen, in a line below the title. */
  readonly about: string;
  /** How the keypoints of each category are joined. */
  readonly skeletons?: readonly ReportSkeleton[];
}

/** A section per group of pictures, with boxes to choose which kinds are drawn; nothing without pictures. */
export function pictureGallery(
  pictures: readonly ReportPicture[],
  { about, skeletons = [] }: GalleryOptions,
): HTMLElement[] {
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
        ...pictures
          .filter((picture) => picture.group === group)
          .map((picture) => card(picture, { dialog, skeletons })),
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
  const all = pictures.flatMap(({ boxes }) => boxes);
  const kinds = new Set(all.map(({ kind }) => kind));
  const look = all.some(({ keypoints }) => keypoints)
    ? 'line'
    : all.some(({ outline }) => outline)
      ? 'area'
      : '';
  const choices = [...kinds].map((kind) => {
    const box = element('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => {
      for (const host of hosts) host.classList.toggle(`without-${kind}`, !box.checked);
    });
    return element(
      'label',
      { class: `key ${kind}` },
      box,
      element('span', { class: `swatch ${look}` }),
      kindNames[kind],
    );
  });
  return element('fieldset', { class: 'keys' }, element('legend', {}, 'Drawn'), ...choices);
}

function card(
  picture: ReportPicture,
  {
    dialog,
    skeletons,
  }: { readonly dialog: HTMLDialogElement; readonly skeletons: readonly ReportSkeleton[] },
): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'picture', 'aria-label': `Enlarge ${picture.name}: ${picture.note}` },
    drawing(picture, { labelled: false, skeletons }),
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
      drawing(picture, { labelled: true, skeletons }),
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

function drawing(
  { name, width, height, boxes, source }: ReportPicture,
  { labelled, skeletons }: Pick<DrawOptions, 'labelled' | 'skeletons'>,
): SVGElement {
  const picture = source
    ? svgElement('image', { href: source, width, height, preserveAspectRatio: 'none' })
    : svgElement('rect', { class: 'empty', width, height });
  return svgElement(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': name },
    picture,
    ...drawnObjects(boxes, { width, height, labelled, skeletons }),
  );
}
