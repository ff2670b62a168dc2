// The detector that was trained here: tried on pictures and on the camera, and kept.

import { type BrowserDetector, createDetector, type Detection, openCamera } from 'ssdlite/browser';
import { drawDetections } from 'ssdlite/draw';
import { elements } from './page-elements.ts';
import { contextOf } from './pictures.ts';
import type { FromWorker } from './protocol.ts';

type Trained = Pick<Extract<FromWorker, { kind: 'done' }>, 'manifest' | 'bytes'>;

/** Lower than usual: few steps make weak scores. */
const scoreThreshold = 0.3;

/** What was trained last. */
export class Trial {
  #detector: BrowserDetector | undefined;
  #live: AbortController | undefined;

  /** Replaces the detector by another. */
  async use(trained: Trained): Promise<void> {
    await this.stop();
    const before = this.#detector;
    this.#detector = await createDetector({ weights: trained });
    await before?.dispose();
  }

  async onPicture(picture: Blob): Promise<void> {
    if (!this.#detector) return;
    const bitmap = await createImageBitmap(picture);
    this.#show(bitmap, await this.#detector.detect(bitmap, { scoreThreshold }));
    bitmap.close();
  }

  get isLive(): boolean {
    return this.#live !== undefined;
  }

  /** Detects what the camera sees until it is stopped. */
  async live(): Promise<void> {
    if (!this.#detector) return;
    const stop = new AbortController();
    this.#live = stop;
    const camera = await openCamera();
    try {
      const video = this.#detector.detectVideo(camera.video, { scoreThreshold, signal: stop.signal });
      for await (const { detections } of video) this.#show(camera.video, detections);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      camera.stop();
      this.#live = undefined;
    }
  }

  async stop(): Promise<void> {
    this.#live?.abort();
  }

  #show(source: ImageBitmap | HTMLVideoElement, detections: readonly Detection[]): void {
    const { result, found } = elements;
    const isVideo = source instanceof HTMLVideoElement;
    result.width = isVideo ? source.videoWidth : source.width;
    result.height = isVideo ? source.videoHeight : source.height;
    const context = contextOf(result);
    context.drawImage(source, 0, 0);
    drawDetections(context, detections);
    found.replaceChildren(
      ...detections.map(({ label, score }) => {
        const item = document.createElement('li');
        item.textContent = `${label} ${Math.round(score * 100)} %`;
        return item;
      }),
    );
  }
}
