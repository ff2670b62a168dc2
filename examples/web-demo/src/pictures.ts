// Where pictures come from: a file, a drop, the clipboard, the samples.

import { element, make } from './page-elements.ts';

/** A picture that was handed in. */
export interface PictureFile {
  readonly blob: Blob;
  readonly name: string;
}

export interface Sample {
  readonly file: string;
  /** What a screen reader says. */
  readonly title: Readonly<Record<'en' | 'de', string>>;
}

export const samples: readonly Sample[] = [
  { file: 'bike-shop.jpg', title: { en: 'Bicycle workshop', de: 'Fahrradwerkstatt' } },
  { file: 'restaurant.jpg', title: { en: 'At table', de: 'Bei Tisch' } },
  { file: 'coffee.jpg', title: { en: 'Cup of coffee', de: 'Tasse Kaffee' } },
  { file: 'cat.jpg', title: { en: 'Cat', de: 'Katze' } },
  { file: 'astronaut.jpg', title: { en: 'Astronaut', de: 'Astronautin' } },
  { file: 'cake.jpg', title: { en: 'Cutting a cake', de: 'Kuchen anschneiden' } },
];

export interface PictureHandlers {
  readonly onPicture: (picture: PictureFile) => void;
  /** Something was dropped or pasted that holds no picture. */
  readonly onNothing: () => void;
}

/** Listens for files, drops and the clipboard, everywhere on the page. */
export function listenForPictures({ onPicture, onNothing }: PictureHandlers): void {
  const input = element('file', HTMLInputElement);
  const take = (files: Iterable<File>): void => {
    const file = [...files].find(
      ({ type, name }) => type.startsWith('image/') || /\.(heic|avif|svg)$/i.test(name),
    );
    if (file) onPicture({ blob: file, name: file.name });
    else onNothing();
  };
  element('open', HTMLButtonElement).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    if (input.files?.length) take(input.files);
    // The same file may be chosen once more.
    input.value = '';
  });
  const veil = element('drop-veil', HTMLElement);
  addEventListener('dragover', (event) => {
    event.preventDefault();
    veil.classList.add('is-open');
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) veil.classList.remove('is-open');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    veil.classList.remove('is-open');
    take(event.dataTransfer?.files ?? []);
  });
  addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData) take(clipboardData.files);
  });
}

/** Shows the samples as buttons. */
export function showSamples(language: 'en' | 'de', onChoose: (sample: Sample) => void): void {
  const items = samples.map((sample) => {
    const image = make('img', { src: sampleUrl(sample), alt: '', loading: 'lazy', width: 96, height: 72 });
    const title = sample.title[language];
    const button = make(
      'button',
      { type: 'button', 'aria-label': title, title, 'data-sample': sample.file },
      image,
    );
    button.addEventListener('click', () => onChoose(sample));
    return make('li', {}, button);
  });
  element('samples', HTMLElement).replaceChildren(...items);
}

export async function fetchSample(sample: Sample): Promise<PictureFile> {
  const response = await fetch(sampleUrl(sample));
  return { blob: await response.blob(), name: sample.file };
}

function sampleUrl({ file }: Sample): string {
  return `${import.meta.env.BASE_URL}samples/${file}`;
}
