// A picture that the visitor chooses, with its boxes above it.

import { useEffect, useRef, useState } from 'react';
import { drawDetections } from 'ssdlite/draw';
import { useDetections, useDetector } from './use-detector.ts';

export function App() {
  const { detector, progress, error } = useDetector();
  const [picture, setPicture] = useState<File>();
  const found = useDetections(detector, picture);
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    if (!picture || !canvas.current) return;
    let isStale = false;
    const { current } = canvas;
    createImageBitmap(picture).then(
      (bitmap) => {
        const context = current.getContext('2d');
        if (isStale || !context) return;
        Object.assign(current, { width: bitmap.width, height: bitmap.height });
        context.drawImage(bitmap, 0, 0);
        drawDetections(context, found.detections);
      },
      // What is wrong with the picture, the detector tells.
      () => {},
    );
    return () => {
      isStale = true;
    };
  }, [picture, found.detections]);

  const problem = error ?? found.error;
  const status = detector ? `ready on ${detector.engine.name}` : `${Math.round(100 * progress)} % loaded`;
  return (
    <main style={{ font: '16px/1.5 system-ui, sans-serif', maxWidth: '42rem', margin: '2rem auto' }}>
      <h1>Objects on your picture</h1>
      <p>
        <input
          type="file"
          accept="image/*"
          aria-label="Picture"
          disabled={!detector}
          onChange={({ target }) => setPicture(target.files?.[0])}
        />{' '}
        <output>{problem?.message ?? (found.isDetecting ? 'detecting' : status)}</output>
      </p>
      <canvas ref={canvas} width={0} height={0} style={{ maxWidth: '100%' }} />
      <ul>
        {found.detections.map(({ label, score, box }) => (
          <li key={`${label} ${box.x} ${box.y}`}>
            {label} {Math.round(100 * score)} %
          </li>
        ))}
      </ul>
    </main>
  );
}
