// The elements of the page that code needs, by their ids.

/** @throws Error if the page has no such element: then page and code are of different versions */
function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} '${id}'.`);
}

export const elements = {
  files: element('files', HTMLInputElement),
  capture: element('capture', HTMLButtonElement),
  className: element('class-name', HTMLInputElement),
  classNames: element('class-names', HTMLDataListElement),
  pictures: element('pictures', HTMLUListElement),
  editor: element('editor', HTMLCanvasElement),
  boxes: element('boxes', HTMLUListElement),
  steps: element('steps', HTMLInputElement),
  train: element('train', HTMLButtonElement),
  stop: element('stop', HTMLButtonElement),
  progress: element('progress', HTMLProgressElement),
  status: element('status', HTMLParagraphElement),
  curve: element('curve', HTMLCanvasElement),
  tryFile: element('try-file', HTMLInputElement),
  live: element('live', HTMLButtonElement),
  download: element('download', HTMLButtonElement),
  result: element('result', HTMLCanvasElement),
  found: element('found', HTMLUListElement),
};

/** An entry of a list with a button in it. */
export function buttonItem(content: string | Node, onClick: () => void): HTMLLIElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(content);
  button.addEventListener('click', onClick);
  const item = document.createElement('li');
  item.append(button);
  return item;
}
