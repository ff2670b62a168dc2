// @ssdlite/coco-weights: where the pretrained COCO weights lie. They load with readDetectorWeights or loadDetectorWeights of ssdlite.

/**
 * The two files of `ssdlite_mobilenet_v2_coco`: 80 classes under COCO's ids, 300 x 300 pixels, 5 MB. `manifest` holds the facts: labels,
 * architecture, metrics, source, licence.
 *
 * @example
 * const manifest = JSON.parse(await readFile(cocoWeights.manifest, 'utf8'));
 * const bytes = await readFile(cocoWeights.weights);
 */
export const cocoWeights: {
  /** Throws a `TypeError` in a script that was bundled as no module: it does not know where it lies. */
  readonly manifest: URL;
  readonly weights: URL;
} = {
  // Written out in full for bundlers, which look for exactly this form; asked for late, so that the import alone never fails.
  get manifest() {
    return new URL('../weights/ssdlite-mobilenet-v2-coco.json', import.meta.url);
  },
  get weights() {
    return new URL('../weights/ssdlite-mobilenet-v2-coco.safetensors', import.meta.url);
  },
};
