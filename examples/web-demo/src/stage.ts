// Where the picture or video is shown, with the boxes on a canvas above it that has the screen's own pixels.

import { type Drawable, drawDetections, formatScore } from 'ssdlite/draw';
import { element } from './page-elements.ts';
import { className } from './texts/language.ts';

export interface Shown {
  readonly detections: readonly Drawable[];
  /** The one that is pointed at, in the list or on the picture. */
  readonly highlighted: Drawable | undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const fontFamily = "'Inter', system-ui, 'Segoe UI', Roboto, sans-serif";

export class Stage {
  readonly #stage = element('stage', HTMLElement);
  readonly #frame = element('frame', HTMLElement);
  readonly #overlay = element('overlay', HTMLCanvasElement);
  readonly picture = element('picture', HTMLImageElement);
  readonly video = element('video', HTMLVideoElement);
  #size: Size = { width: 0, height: 0 };
  #shown: Shown = { detections: [], highlighted: undefined };

  /** @param onPoint receives the detection under the pointer */
  constructor(onPoint: (detection: Drawable | undefined) => void) {
    new ResizeObserver(() => this.#layOut()).observe(this.#stage);
    this.#overlay.addEventListener('pointermove', (event) => onPoint(this.#under(event)));
    this.#overlay.addEventListener('pointerleave', () => onPoint(undefined));
    this.#overlay.addEventListener('pointerdown', (event) => onPoint(this.#under(event)));
    // A window that moves to a screen of another density.
    addEventListener('resize', () => this.#layOut());
  }

  /** Shows the picture, the video or neither, which have this size in pixels. */
  show(view: 'picture' | 'video' | 'empty', size: Size = { width: 0, height: 0 }): void {
    this.#stage.dataset.view = view;
    this.picture.hidden = view !== 'picture';
    this.video.hidden = view !== 'video';
    this.#size = size;
    this.draw({ detections: [], highlighted: undefined });
    this.#layOut();
  }

  /** What is shown, in its own pixels. */
  get source(): HTMLImageElement | HTMLVideoElement {
    return this.#stage.dataset.view === 'video' ? this.video : this.picture;
  }

  get size(): Size {
    return this.#size;
  }

  /** A video's frames change their size when a phone is turned. */
  resize({ width, height }: Size): void {
    if (width === this.#size.width && height === this.#size.height) return;
    this.#size = { width, height };
    this.#layOut();
  }

  describe(description: string): void {
    this.#overlay.setAttribute('aria-label', description);
  }

  draw(shown: Shown): void {
    this.#shown = shown;
    const context = this.#overlay.getContext('2d');
    if (!context) return;
    const { width, height } = this.#overlay;
    context.clearRect(0, 0, width, height);
    if (this.#size.width === 0 || width === 0) return;
    const { detections, highlighted } = shown;
    const isHighlighted = highlighted !== undefined && detections.includes(highlighted);
    const options = {
      imageSize: this.#size,
      pixelRatio: devicePixelRatio,
      fontFamily,
      // On a small stage the letters that the picture's size asks for are the better choice.
      ...(this.#overlay.clientWidth >= 600 && { fontSize: 13 * devicePixelRatio }),
      lineWidth: 2 * devicePixelRatio,
      labels: labelOf,
    };
    drawDetections(context, detections, { ...options, labels: isHighlighted ? false : labelOf });
    if (!isHighlighted) return;
    // Everything but that object steps back.
    const { x, y, width: boxWidth, height: boxHeight } = highlighted.box;
    const scale = width / this.#size.width;
    context.fillStyle = 'rgba(10, 11, 14, 0.62)';
    context.beginPath();
    context.rect(0, 0, width, height);
    context.rect(x * scale, y * scale, boxWidth * scale, boxHeight * scale);
    context.fill('evenodd');
    drawDetections(context, [highlighted], { ...options, lineWidth: 3 * devicePixelRatio });
  }

  /** The picture as large as the stage lets it, and the canvas in the screen's pixels. */
  #layOut(): void {
    const { width, height } = this.#size;
    // On a phone the stage takes the picture's shape.
    this.#stage.style.setProperty('--shape', width === 0 ? '4 / 3' : `${width} / ${height}`);
    const { clientWidth, clientHeight } = this.#stage;
    const scale = width === 0 ? 0 : Math.min(clientWidth / width, clientHeight / height);
    const shown = { width: Math.round(width * scale), height: Math.round(height * scale) };
    this.#frame.style.width = `${shown.width}px`;
    this.#frame.style.height = `${shown.height}px`;
    const pixels = {
      width: Math.round(shown.width * devicePixelRatio),
      height: Math.round(shown.height * devicePixelRatio),
    };
    if (pixels.width !== this.#overlay.width || pixels.height !== this.#overlay.height) {
      Object.assign(this.#overlay, pixels);
    }
    this.draw(this.#shown);
  }

  /** The smallest box there: large ones are reached beside it. */
  #under({ offsetX, offsetY }: MouseEvent): Drawable | undefined {
    const scale = this.#size.width / (this.#overlay.clientWidth || 1);
    const [px, py] = [offsetX * scale, offsetY * scale];
    return this.#shown.detections
      .filter(({ box: { x, y, width, height } }) => px >= x && px <= x + width && py >= y && py <= y + height)
      .toSorted((a, b) => a.box.width * a.box.height - b.box.width * b.box.height)[0];
  }
}

/** A box's label in the visitor's language. */
export function labelOf({ label, score, id }: Drawable): string {
  const name = `${className(label)} ${formatScore(score)}`;
  return id === undefined ? name : `#${id} ${name}`;
}
