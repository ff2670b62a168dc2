// The page: label, train in a worker, try, download.

import { openCamera } from 'ssdlite/browser';
import { BoxEditor } from './box-editor.ts';
import { buttonItem, elements } from './page-elements.ts';
import { contextOf, type Picture, toLabelled, toPicture } from './pictures.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { Trial } from './trial.ts';

const pictures: Picture[] = [];
const trial = new Trial();
let worker: Worker | undefined;
let trained: Extract<FromWorker, { kind: 'done' }> | undefined;
let losses: number[] = [];

const editor = new BoxEditor({
  canvas: elements.editor,
  label: () => elements.className.value.trim() || undefined,
  onChange: showLabels,
});

function status(text: string): void {
  elements.status.textContent = text;
}

/** Runs what a person asked for; what goes wrong is told on the page. */
function act(work: () => Promise<void>): () => void {
  return () => {
    work().catch((error: unknown) => status(error instanceof Error ? error.message : String(error)));
  };
}

async function add(source: Blob | HTMLVideoElement, name: string): Promise<void> {
  const picture = await toPicture(source, name);
  pictures.push(picture);
  editor.show(picture);
  showLabels();
}

/** The lists of pictures, boxes and class names, as they are now. */
function showLabels(): void {
  const thumbnails = pictures.map((picture) => {
    const small = document.createElement('canvas');
    small.height = 56;
    small.width = Math.round((picture.canvas.width * small.height) / picture.canvas.height);
    contextOf(small).drawImage(picture.canvas, 0, 0, small.width, small.height);
    const item = buttonItem(small, () => {
      editor.show(picture);
      showLabels();
    });
    const button = item.firstElementChild;
    button?.setAttribute('aria-label', `${picture.name}, ${picture.boxes.length} boxes`);
    button?.setAttribute('aria-current', String(picture === editor.picture));
    return item;
  });
  elements.pictures.replaceChildren(...thumbnails);
  const { picture } = editor;
  elements.boxes.replaceChildren(
    ...(picture?.boxes ?? []).map((box) =>
      buttonItem(`${box.label} ✕`, () => {
        if (picture) picture.boxes = picture.boxes.filter((each) => each !== box);
        editor.draw();
        showLabels();
      }),
    ),
  );
  const names = new Set(pictures.flatMap(({ boxes }) => boxes.map(({ label }) => label)));
  elements.classNames.replaceChildren(...[...names].map((name) => new Option(name)));
}

async function train(): Promise<void> {
  const labelled = pictures.filter(({ boxes }) => boxes.length > 0);
  if (labelled.length === 0) {
    status('There is no box yet: name a class, and drag over an object.');
    return;
  }
  const steps = Math.max(1, Math.round(elements.steps.valueAsNumber) || 1);
  losses = [];
  isTraining(true);
  status('Reads the COCO weights and compiles for this graphics processor…');
  worker = new Worker(new URL('./train-worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => heard(data));
  worker.addEventListener('error', ({ message }) =>
    heard({ kind: 'failed', message: message || 'The worker does not start.' }),
  );
  const message: ToWorker = { kind: 'train', pictures: labelled.map(toLabelled), steps };
  worker.postMessage(message, { transfer: message.pictures.map(({ data }) => data.buffer) });
}

function heard(message: FromWorker): void {
  if (message.kind === 'step') {
    const { step, steps, loss, picturesPerSecond } = message;
    losses.push(loss);
    elements.progress.value = step / steps;
    status(
      `Step ${step} of ${steps}: loss ${loss.toFixed(3)}, ${picturesPerSecond.toFixed(1)} pictures a second`,
    );
    drawCurve();
    return;
  }
  worker?.terminate();
  worker = undefined;
  isTraining(false);
  if (message.kind === 'failed') status(`It did not work: ${message.message}`);
  else act(() => finish(message))();
}

async function finish(message: Extract<FromWorker, { kind: 'done' }>): Promise<void> {
  trained = message;
  await trial.use(message);
  for (const control of [elements.tryFile, elements.live, elements.download]) control.disabled = false;
  status(`Trained ${message.steps} steps. Try it below.`);
}

function isTraining(is: boolean): void {
  elements.train.disabled = is;
  elements.stop.hidden = !is;
  elements.progress.hidden = !is;
  elements.progress.value = 0;
}

function drawCurve(): void {
  const { curve } = elements;
  const context = contextOf(curve);
  context.clearRect(0, 0, curve.width, curve.height);
  context.strokeStyle = '#0b62c4';
  context.lineWidth = 2;
  context.beginPath();
  const most = Math.max(...losses);
  for (const [index, loss] of losses.entries()) {
    const x = 4 + (index / Math.max(losses.length - 1, 1)) * (curve.width - 8);
    context.lineTo(x, 4 + (1 - loss / most) * (curve.height - 8));
  }
  context.stroke();
}

function save(name: string, content: BlobPart, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

elements.files.addEventListener(
  'change',
  act(async () => {
    for (const file of elements.files.files ?? []) await add(file, file.name);
    elements.files.value = '';
  }),
);
for (const kind of ['dragover', 'drop'] as const) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    const files = kind === 'drop' ? [...(event.dataTransfer?.files ?? [])] : [];
    act(async () => {
      for (const file of files) await add(file, file.name);
    })();
  });
}
elements.capture.addEventListener(
  'click',
  act(async () => {
    const camera = await openCamera();
    try {
      await add(camera.video, `camera ${pictures.length + 1}`);
    } finally {
      camera.stop();
    }
  }),
);
elements.train.addEventListener('click', act(train));
elements.stop.addEventListener('click', () => worker?.postMessage({ kind: 'stop' } satisfies ToWorker));
elements.tryFile.addEventListener(
  'change',
  act(async () => {
    const [file] = elements.tryFile.files ?? [];
    if (file) await trial.onPicture(file);
    elements.tryFile.value = '';
  }),
);
elements.live.addEventListener(
  'click',
  act(() => (trial.isLive ? trial.stop() : trial.live())),
);
elements.download.addEventListener('click', () => {
  if (!trained) return;
  save('trained-here.safetensors', trained.bytes, 'application/octet-stream');
  save('trained-here.json', JSON.stringify(trained.manifest, undefined, 2), 'application/json');
});
