// Vue composables: a detector for as long as a component is there, and the objects of a picture.

import { type BrowserDetector, createDetector, type Detection } from 'ssdlite/browser';
import { onScopeDispose, type Ref, ref, shallowRef, watchEffect } from 'vue';

/** Makes a detector for the component that calls this, and disposes of it with the component. */
export function useDetector() {
  // Not made reactive itself: it is no data.
  const detector = shallowRef<BrowserDetector>();
  const progress = ref(0);
  const error = shallowRef<Error>();
  const gone = new AbortController();
  const made = createDetector({
    worker: true,
    signal: gone.signal,
    onProgress: ({ loaded, total }) => {
      if (total) progress.value = loaded / total;
    },
  });
  made.then(
    (value) => {
      if (!gone.signal.aborted) detector.value = value;
    },
    (reason: Error) => {
      if (!gone.signal.aborted) error.value = reason;
    },
  );
  onScopeDispose(() => {
    gone.abort();
    made.then((value) => value.dispose()).catch(() => {});
  });
  return { detector, progress, error };
}

/** Detects on a picture whenever it changes; only the last one counts. */
export function useDetections(
  detector: Readonly<Ref<BrowserDetector | undefined>>,
  picture: Readonly<Ref<Blob | undefined>>,
) {
  const detections = shallowRef<readonly Detection[]>([]);
  const error = shallowRef<Error>();
  watchEffect((onCleanup) => {
    detections.value = [];
    error.value = undefined;
    if (!detector.value || !picture.value) return;
    const stale = new AbortController();
    onCleanup(() => stale.abort());
    detector.value.detect(picture.value, { signal: stale.signal }).then(
      (found) => {
        if (!stale.signal.aborted) detections.value = found;
      },
      (reason: Error) => {
        if (!stale.signal.aborted) error.value = reason;
      },
    );
  });
  return { detections, error };
}
