// The page: it hands pictures to the worker, and shows the answer to the last one.

import type { Answer, Task } from './messages.ts';

const file = document.querySelector<HTMLInputElement>('#file');
const status = document.querySelector('#status');
const shown = document.querySelector<HTMLImageElement>('#picture');
const list = document.querySelector('#list');
if (!file || !status || !shown || !list) throw new Error('index.html lacks an element.');

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
let last = 0;
status.textContent = 'loading';

file.addEventListener('change', () => {
  const [picture] = file.files ?? [];
  if (picture) worker.postMessage({ id: ++last, picture } satisfies Task);
});

worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
  if (data.kind === 'ready') {
    status.textContent = `ready on ${data.engine}`;
    file.disabled = false;
  } else if (data.kind === 'failed') status.textContent = data.why;
  else if (data.id !== last) return;
  else if (data.kind === 'wrong') status.textContent = data.why;
  else {
    URL.revokeObjectURL(shown.src);
    shown.src = URL.createObjectURL(data.drawn);
    shown.hidden = false;
    list.replaceChildren(
      ...[...data.counts].map(([label, count]) => {
        const item = document.createElement('li');
        item.textContent = `${count} × ${label}`;
        return item;
      }),
    );
  }
});
