// The page as a whole: pictures and the camera go in, detections come out, and everything that shows them is kept in step.

import { type Detection, type Progress, SsdliteError } from 'ssdlite/browser';
import type { Drawable } from 'ssdlite/draw';
import { CameraView, cameraProblem } from './camera-view.ts';
import { codeSnippet } from './code-snippet.ts';
import { Controls } from './controls.ts';
import { copyCode } from './copy-code.ts';
import { DetectionSession } from './detection-session.ts';
import { annotatedPicture, cocoResults, detectionsJson, save } from './downloads.ts';
import { engineCosts } from './engine-costs.ts';
import { showLoading, showNotice, showStatus } from './messages.ts';
import { element, make } from './page-elements.ts';
import {
  fetchSample,
  listenForPictures,
  type PictureFile,
  type Sample,
  samples,
  showSamples,
} from './pictures.ts';
import { ClassFilter, ResultsList } from './results-list.ts';
import { defaultSettings, type Settings, storedSettings, storeSettings } from './settings.ts';
import { Stage } from './stage.ts';
import {
  className,
  isLanguage,
  language,
  languages,
  milliseconds,
  preferredLanguage,
  setLanguage,
  text,
} from './texts/language.ts';
import { showTimings } from './timings-view.ts';
import { showUnsupported } from './unsupported.ts';
import { classCounts, visibleDetections } from './visible-detections.ts';

const announceAfterMs = 600;

export class App {
  readonly #session = new DetectionSession();
  readonly #stage = new Stage((detection) => this.#highlight(detection));
  readonly #results = new ResultsList((detection) => this.#highlight(detection));
  readonly #classes = new ClassFilter((classId) => this.#toggleClass(classId));
  readonly #controls = new Controls((change) => this.#change(change));
  readonly #camera = new CameraView(this.#stage.video, () => {
    this.#stopCamera();
    showNotice(text('cameraLost'));
  });
  #settings: Settings = storedSettings();
  #detections: readonly Drawable[] = [];
  /** Whether they are those of what is shown. */
  #isDetected = false;
  #highlighted: Drawable | undefined;
  readonly #picked = new Set<number>();
  #pictureName = '';
  #engineName = '';
  /** Set while a detection runs: whether another is wanted after it. */
  #again: boolean | undefined;
  #announcement: ReturnType<typeof setTimeout> | undefined;

  async start(): Promise<void> {
    setLanguage(preferredLanguage());
    this.#listen();
    this.#render();
    void this.#controls.probe().then(() => this.#controls.render(this.#settings));
    const [first] = samples;
    const shown = first && this.#chooseSample(first);
    await Promise.all([this.#startEngine(), shown]);
  }

  #listen(): void {
    listenForPictures({
      onPicture: (picture) => void this.#showPicture(picture),
      onNothing: () => showNotice(text('noPictureDropped')),
    });
    const onClick = (id: string, action: () => unknown) =>
      element(id, HTMLButtonElement).addEventListener('click', () => void action());
    onClick('camera', () => (this.#camera.isOn ? this.#stopCamera() : this.#startCamera()));
    onClick('camera-switch', () => this.#startCamera({ next: true }));
    onClick('retry', () => {
      showNotice(undefined);
      return this.#startEngine();
    });
    onClick('notice-close', () => showNotice(undefined));
    onClick('reset', () => this.#reset());
    onClick('save-png', () => this.#savePicture());
    onClick('save-json', () => this.#saveObjects());
    onClick('save-coco', () => this.#saveCoco());
    onClick('copy', copyCode);
    const choice = element('language', HTMLSelectElement);
    choice.append(
      ...Object.entries(languages).map(([code, { name }]) => make('option', { value: code }, name)),
    );
    choice.value = language();
    choice.addEventListener('change', () => {
      if (isLanguage(choice.value)) setLanguage(choice.value);
      this.#render();
    });
  }

  /** Everything that depends on the language or on the settings. */
  #render(): void {
    this.#controls.render(this.#settings);
    showSamples(language(), (sample) => void this.#chooseSample(sample));
    this.#markSample();
    element('camera', HTMLButtonElement).textContent = text(this.#camera.isOn ? 'cameraStop' : 'camera');
    this.#show();
  }

  // Engine

  async #startEngine(): Promise<void> {
    const { engine } = this.#settings;
    showLoading(text('loadingWeights'), 0);
    try {
      const choice = await this.#session.start(engine, ({ loaded, total }: Progress) => {
        const share = total ? loaded / total : undefined;
        showLoading(text(share === 1 ? 'loadingEngine' : 'loadingWeights'), share);
      });
      this.#engineName = choice.name;
      showStatus('ready', this.#engineTitle());
      showLoading(undefined);
      await this.#detectAgain();
    } catch (error) {
      showLoading(undefined);
      const why = messageOf(error);
      if (this.#session.detector) {
        showStatus('ready', this.#engineTitle());
        showNotice(text('engineFailed', { engine, why }));
      } else if (error instanceof SsdliteError && error.code === 'ENGINE_UNAVAILABLE' && engine === 'auto') {
        showUnsupported(error);
      } else {
        showStatus('failed', '');
        showNotice(text('loadFailed', { why }), { retry: true });
      }
    }
  }

  #engineTitle(): string {
    const entry = Object.entries(engineCosts).find(([name]) => name === this.#engineName);
    return entry?.[1].title ?? this.#engineName;
  }

  // Pictures

  async #chooseSample(sample: Sample): Promise<void> {
    try {
      await this.#showPicture(await fetchSample(sample));
    } catch (error) {
      showNotice(messageOf(error));
    }
  }

  async #showPicture({ blob, name }: PictureFile): Promise<void> {
    if (this.#camera.isOn) this.#stopCamera();
    const { picture } = this.#stage;
    const before = picture.src;
    const url = URL.createObjectURL(blob);
    const loaded = new Image();
    loaded.src = url;
    try {
      await loaded.decode();
    } catch {
      URL.revokeObjectURL(url);
      showNotice(text('badPicture', { name }));
      return;
    }
    picture.src = url;
    await picture.decode().catch(() => {});
    if (before.startsWith('blob:')) URL.revokeObjectURL(before);
    // Without a detector there is something more important to say.
    if (this.#session.detector) showNotice(undefined);
    this.#pictureName = name;
    this.#forget();
    this.#markSample();
    this.#stage.show('picture', { width: picture.naturalWidth, height: picture.naturalHeight });
    await this.#detectAgain();
  }

  #markSample(): void {
    for (const button of document.querySelectorAll<HTMLElement>('[data-sample]')) {
      button.setAttribute('aria-current', String(button.dataset.sample === this.#pictureName));
    }
  }

  /** One detection at a time; what is asked for meanwhile is done once, after it. */
  async #detectAgain(): Promise<void> {
    if (this.#camera.isOn || this.#pictureName === '' || !this.#session.detector) return;
    if (this.#again !== undefined) {
      this.#again = true;
      return;
    }
    const stage = element('stage', HTMLElement);
    do {
      this.#again = false;
      stage.setAttribute('aria-busy', 'true');
      try {
        const { detections, timings } = await this.#session.detect(this.#stage.picture, this.#settings);
        if (!this.#again) this.#take(detections);
        showTimings(timings);
        if (timings) showStatus('ready', `${this.#engineTitle()} · ${milliseconds(timings.total)}`);
      } catch (error) {
        showNotice(messageOf(error));
      }
    } while (this.#again);
    this.#again = undefined;
    stage.removeAttribute('aria-busy');
  }

  // Camera

  async #startCamera({ next = false } = {}): Promise<void> {
    showNotice(undefined);
    try {
      const size = await this.#camera.start({ next });
      this.#pictureName = 'camera';
      this.#forget();
      this.#stage.show('video', size);
      this.#render();
      element('camera-switch', HTMLButtonElement).hidden = !(await this.#camera.hasOthers());
      void this.#follow();
    } catch (error) {
      // A picture that is there stays.
      if (this.#pictureName === 'camera') this.#stopCamera();
      showNotice(text(cameraProblem(error)));
    }
  }

  async #follow(): Promise<void> {
    const detector = await this.#session.detector;
    if (!detector) return;
    const figures = element('video-figures', HTMLElement);
    figures.hidden = false;
    try {
      for await (const frame of this.#camera.follow(detector, this.#settings)) {
        this.#stage.resize(frame);
        this.#take(frame.tracks);
        showTimings(frame.timings);
        const ms = Math.round(frame.timings.total);
        figures.textContent = text('framesPerSecond', { fps: Math.round(frame.fps), ms });
      }
    } catch (error) {
      showNotice(messageOf(error));
    }
  }

  #stopCamera(): void {
    this.#camera.stop();
    element('camera-switch', HTMLButtonElement).hidden = true;
    element('video-figures', HTMLElement).hidden = true;
    this.#pictureName = '';
    this.#forget();
    this.#stage.show('empty');
    showTimings(undefined);
    this.#render();
  }

  // What is shown

  #forget(): void {
    this.#detections = [];
    this.#isDetected = false;
    this.#highlighted = undefined;
    this.#picked.clear();
  }

  #take(detections: readonly Drawable[]): void {
    this.#detections = detections;
    this.#isDetected = true;
    // An object of the frame before is gone; a track is the one with its id.
    const { id } = this.#highlighted ?? {};
    this.#highlighted = id === undefined ? undefined : detections.find((each) => each.id === id);
    this.#show();
  }

  #visible(): Drawable[] {
    return visibleDetections(this.#detections, this.#settings, this.#picked);
  }

  #show(): void {
    const visible = this.#visible();
    const inList = this.#camera.isOn ? visible.toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0)) : visible;
    const counts = classCounts(this.#detections, this.#settings);
    this.#classes.show(counts, this.#picked);
    const nothing = this.#isDetected ? text('nothing') : this.#pictureName === '' ? text('nothingYet') : '';
    this.#results.show(inList, nothing);
    this.#stage.draw({ detections: visible, highlighted: this.#highlighted });
    this.#describe(visible);
    const labels = counts.filter(({ classId }) => this.#picked.has(classId)).map(({ label }) => label);
    element('code', HTMLElement).textContent = codeSnippet(this.#settings, labels);
  }

  /** In words: for screen readers, once things have settled. */
  #describe(visible: readonly Drawable[]): void {
    const list = classCounts(visible, { score: 0 })
      .map(({ label, count }) => `${count} × ${className(label)}`)
      .join(', ');
    this.#stage.describe(text('overlay', { list: list || '0' }));
    clearTimeout(this.#announcement);
    if (!this.#isDetected) return;
    this.#announcement = setTimeout(() => {
      const words = list === '' ? text('foundNone') : text('found', { count: visible.length, list });
      const announcement = element('announcement', HTMLElement);
      if (announcement.textContent !== words) announcement.textContent = words;
    }, announceAfterMs);
  }

  #highlight(detection: Drawable | undefined): void {
    if (detection === this.#highlighted) return;
    this.#highlighted = detection;
    this.#results.highlight(detection);
    this.#stage.draw({ detections: this.#visible(), highlighted: detection });
  }

  #toggleClass(classId: number): void {
    if (!this.#picked.delete(classId)) this.#picked.add(classId);
    this.#show();
  }

  #change(change: Partial<Settings>): void {
    const before = this.#settings;
    this.#settings = { ...before, ...change };
    storeSettings(this.#settings);
    const { engine, iou, quality } = this.#settings;
    if (quality !== before.quality) this.#controls.render(this.#settings);
    if (engine !== before.engine) void this.#startEngine();
    else if (iou !== before.iou || quality !== before.quality) void this.#detectAgain();
    if (this.#camera.isOn && change.maximum === undefined) void this.#follow();
    this.#show();
  }

  #reset(): void {
    this.#picked.clear();
    this.#change(defaultSettings);
    this.#controls.render(this.#settings);
  }

  // Downloads

  #facts() {
    const { width, height } = this.#stage.size;
    return { name: this.#pictureName || 'picture', width, height };
  }

  #stem(): string {
    return (this.#pictureName || 'picture').replace(/\.\w+$/, '');
  }

  async #savePicture(): Promise<void> {
    if (this.#pictureName === '') return;
    try {
      const picture = await annotatedPicture(this.#stage.source, this.#facts(), this.#visible());
      save(picture, `${this.#stem()}-objects.png`);
    } catch (error) {
      showNotice(messageOf(error));
    }
  }

  #saveObjects(): void {
    const details = { engine: this.#engineName, detections: this.#visible() };
    save(detectionsJson(this.#facts(), details), `${this.#stem()}-objects.json`);
  }

  #saveCoco(): void {
    const detections: Detection[] = this.#visible();
    save(cocoResults(this.#facts(), detections), `${this.#stem()}-coco.json`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
