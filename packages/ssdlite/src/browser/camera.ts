// The visitor's camera in a video element, and in words why it is not there.

import { SsdliteError } from '@ssdlite/layers';
import { checkNotAborted, untilAborted } from '../abort.ts';

/** A camera of this machine. */
export interface CameraDevice {
  readonly id: string;
  /** Its name; empty until the visitor has once allowed a camera. */
  readonly label: string;
}

/** Options of {@link openCamera}. */
export interface OpenCameraOptions {
  /** `environment` looks away from the visitor (default), `user` at them. A wish: machines with one camera give that one. */
  readonly facing?: 'environment' | 'user';
  /** A camera of {@link listCameras}; goes before `facing`. */
  readonly deviceId?: string;
  /** Pixels, as a wish. Default 1280 x 720. */
  readonly width?: number;
  readonly height?: number;
  /** The element that shows it. Default: a new one, which need not be on the page. */
  readonly video?: HTMLVideoElement;
  /** Ends the wait for the visitor's answer with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** A camera that runs. */
export interface Camera {
  /** Plays; ready for `detectVideo`. */
  readonly video: HTMLVideoElement;
  readonly device: CameraDevice;
  /** Resolves when the camera is gone: stopped, unplugged, or its permission taken back. `detectVideo` then has no more frames. */
  readonly ended: Promise<void>;
  /** Turns it off. */
  stop(): void;
}

/**
 * The cameras of this machine. Browsers name them only after the visitor has allowed one.
 *
 * @throws SsdliteError `CAMERA_UNAVAILABLE`
 */
export async function listCameras(): Promise<CameraDevice[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices
    .filter(({ kind }) => kind === 'videoinput')
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/**
 * Asks the visitor for a camera and shows it in a video element.
 *
 * @throws SsdliteError `CAMERA_UNAVAILABLE` if it is denied, absent or in use, `ABORTED`
 * @example
 * const camera = await openCamera({ facing: 'user', video });
 * for await (const { detections } of detector.detectVideo(camera.video, { signal })) draw(canvas, detections);
 */
export async function openCamera(options: OpenCameraOptions = {}): Promise<Camera> {
  const { facing = 'environment', deviceId, width = 1280, height = 720, signal } = options;
  checkNotAborted(signal);
  const wish = deviceId === undefined ? { facingMode: facing } : { deviceId: { exact: deviceId } };
  const asked = mediaDevices().getUserMedia({
    video: { ...wish, width: { ideal: width }, height: { ideal: height } },
    audio: false,
  });
  const stream = await untilAborted(asked, signal).catch((cause: unknown) => {
    // The visitor may still allow it: nobody wants it then.
    asked.then(stopAll, () => undefined);
    throw cause instanceof SsdliteError ? cause : cameraError(cause, deviceId);
  });
  const [track] = stream.getVideoTracks();
  const { video = document.createElement('video') } = options;
  video.srcObject = stream;
  video.muted = true;
  video.playsInline = true;
  const stop = () => {
    stopAll(stream);
    if (video.srcObject === stream) video.srcObject = null;
  };
  try {
    await untilAborted(video.play(), signal);
  } catch (cause) {
    stop();
    throw cause instanceof SsdliteError ? cause : cameraError(cause, deviceId);
  }
  let tellEnded = () => {};
  const ended = new Promise<void>((resolve) => {
    tellEnded = resolve;
  });
  track?.addEventListener('ended', () => {
    stop();
    tellEnded();
  });
  return {
    video,
    device: { id: track?.getSettings().deviceId ?? '', label: track?.label ?? '' },
    ended,
    stop() {
      stop();
      tellEnded();
    },
  };
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function mediaDevices(): MediaDevices {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices) return devices;
  throw unavailable('Browsers give this page no cameras, as it did not come by https.', {
    value: location.origin,
    next: 'Serve it by https or from localhost.',
  });
}

/** Names of the errors that `getUserMedia` gives, in words. */
const reasons: Readonly<Record<string, readonly [what: string, next: string]>> = {
  NotAllowedError: [
    'The camera is not allowed.',
    'Ask the visitor to allow it in the browser\'s site settings; in a frame, the page around it must allow it too (allow="camera").',
  ],
  SecurityError: ['The camera is not allowed on this page.', 'Serve it by https or from localhost.'],
  NotFoundError: ['There is no camera.', 'Plug one in, or offer pictures and videos instead.'],
  NotReadableError: [
    'The camera is in use or does not start.',
    'Close other programs that use it, and try again.',
  ],
  AbortError: ['The camera stopped while it started.', 'Try again.'],
  OverconstrainedError: ['There is no such camera.', 'Choose one of listCameras().'],
};

function cameraError(cause: unknown, deviceId: string | undefined): SsdliteError {
  const name = cause instanceof Error ? cause.name : '';
  const [what, next] = reasons[name] ?? [
    `The camera does not start: ${cause instanceof Error ? cause.message : String(cause)}`,
    'Try again, or offer pictures and videos instead.',
  ];
  return unavailable(what, { value: deviceId ?? name, next, cause });
}

function unavailable(
  what: string,
  details: { readonly value?: unknown; readonly next: string; readonly cause?: unknown },
): SsdliteError {
  return new SsdliteError('CAMERA_UNAVAILABLE', what, details);
}
