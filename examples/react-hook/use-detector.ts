// React hooks: a detector for as long as a component is there, and the objects of a picture.

import { useEffect, useState } from 'react';
import { type BrowserDetector, createDetector, type Detection, type DetectOptions } from 'ssdlite/browser';

/** A detector, or how far it has come, or why there is none. */
export interface DetectorState {
  readonly detector?: BrowserDetector;
  /** Share of the weights that has arrived, 0 to 1. */
  readonly progress: number;
  readonly error?: Error;
}

/** Makes a detector when the component appears, and disposes of it when it goes; also when it goes before the detector is made. */
export function useDetector(): DetectorState {
  const [state, setState] = useState<DetectorState>({ progress: 0 });
  useEffect(() => {
    const gone = new AbortController();
    const { signal } = gone;
    const made = createDetector({
      worker: true,
      signal,
      onProgress: ({ loaded, total }) => {
        if (!signal.aborted && total) setState({ progress: loaded / total });
      },
    });
    made.then(
      (detector) => {
        if (!signal.aborted) setState({ detector, progress: 1 });
      },
      (error: Error) => {
        if (!signal.aborted) setState({ progress: 0, error });
      },
    );
    return () => {
      gone.abort();
      made.then((detector) => detector.dispose()).catch(() => {});
    };
  }, []);
  return state;
}

/** What is on a picture. */
export interface DetectionsState {
  readonly detections: readonly Detection[];
  readonly isDetecting: boolean;
  readonly error?: Error;
}

const nothing: DetectionsState = { detections: [], isDetecting: false };

/** Detects on a picture whenever it, or the threshold, changes; only the last one counts. */
export function useDetections(
  detector: BrowserDetector | undefined,
  picture: Blob | undefined,
  { scoreThreshold = 0.5 }: Pick<DetectOptions, 'scoreThreshold'> = {},
): DetectionsState {
  const [state, setState] = useState(nothing);
  useEffect(() => {
    if (!detector || !picture) {
      setState(nothing);
      return;
    }
    const stale = new AbortController();
    const { signal } = stale;
    setState({ detections: [], isDetecting: true });
    detector.detect(picture, { scoreThreshold, signal }).then(
      (detections) => {
        if (!signal.aborted) setState({ detections, isDetecting: false });
      },
      (error: Error) => {
        if (!signal.aborted) setState({ ...nothing, error });
      },
    );
    return () => stale.abort();
  }, [detector, picture, scoreThreshold]);
  return state;
}
