// A picture on which boxes are drawn by dragging.

import { colorForClass } from 'ssdlite/draw';
import { contextOf, type Picture } from './pictures.ts';

/** Pixels: a shorter drag is a click. */
const smallestBox = 4;

export interface BoxEditorOptions {
  readonly canvas: HTMLCanvasElement;
  /** The class of the next box; undefined if none is named: then nothing is drawn. */
  readonly label: () => string | undefined;
  readonly onChange: () => void;
}

/** Shows one picture at a time. */
export class BoxEditor {
  readonly #options: BoxEditorOptions;
  #picture: Picture | undefined;
  #start: { x: number; y: number } | undefined;

  constructor(options: BoxEditorOptions) {
    this.#options = options;
    const { canvas } = options;
    canvas.addEventListener('pointerdown', (event) => {
      if (!this.#picture || options.label() === undefined) return;
      canvas.setPointerCapture(event.pointerId);
      this.#start = this.#place(event);
    });
    canvas.addEventListener('pointermove', (event) => this.#drag(event));
    canvas.addEventListener('pointerup', (event) => this.#drop(event));
    canvas.addEventListener('pointercancel', () => {
      this.#start = undefined;
      this.draw();
    });
  }

  get picture(): Picture | undefined {
    return this.#picture;
  }

  show(picture: Picture): void {
    this.#picture = picture;
    const { canvas } = this.#options;
    canvas.width = picture.canvas.width;
    canvas.height = picture.canvas.height;
    this.draw();
  }

  draw(): void {
    if (!this.#picture) return;
    const context = contextOf(this.#options.canvas);
    context.drawImage(this.#picture.canvas, 0, 0);
    const labels = [...new Set(this.#picture.boxes.map(({ label }) => label))];
    context.font = '600 13px system-ui, sans-serif';
    context.lineWidth = 2;
    for (const { label, x, y, width, height } of this.#picture.boxes) {
      const color = colorForClass(labels.indexOf(label) + 1);
      context.strokeStyle = color.box;
      context.strokeRect(x, y, width, height);
      context.fillStyle = color.box;
      context.fillRect(x, Math.max(0, y - 18), context.measureText(label).width + 8, 18);
      context.fillStyle = color.text;
      context.fillText(label, x + 4, Math.max(0, y - 18) + 13);
    }
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const { canvas } = this.#options;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const inside = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
    return {
      x: inside(((event.clientX - left) / width) * canvas.width, canvas.width),
      y: inside(((event.clientY - top) / height) * canvas.height, canvas.height),
    };
  }

  #boxTo(event: PointerEvent) {
    const start = this.#start ?? { x: 0, y: 0 };
    const end = this.#place(event);
    return {
      x: Math.min(start.x, end.x),
      y: Math.min(start.y, end.y),
      width: Math.abs(end.x - start.x),
      height: Math.abs(end.y - start.y),
    };
  }

  #drag(event: PointerEvent): void {
    if (!this.#start) return;
    this.draw();
    const { x, y, width, height } = this.#boxTo(event);
    const context = contextOf(this.#options.canvas);
    context.strokeStyle = '#fff';
    context.setLineDash([6, 4]);
    context.strokeRect(x, y, width, height);
    context.setLineDash([]);
  }

  #drop(event: PointerEvent): void {
    const label = this.#options.label();
    if (!this.#start || !this.#picture || label === undefined) return;
    const box = this.#boxTo(event);
    this.#start = undefined;
    if (box.width >= smallestBox && box.height >= smallestBox) this.#picture.boxes.push({ label, ...box });
    this.draw();
    this.#options.onChange();
  }
}
