// A video to measure with: two seconds or less of a photo on the move, recorded in the page, and then played over and over.

export interface PhotoVideo {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** Sixty frames; the video is part of the page, and plays. */
export async function playPhoto({ width, height, framesPerSecond }: PhotoVideo): Promise<HTMLVideoElement> {
  const image = new Image();
  image.src = 'pictures/bike-shop.jpg';
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(framesPerSecond), { mimeType: 'video/webm' });
  const chunks: Blob[] = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.start();
  for (let step = 0; step < 60; step++) {
    context?.drawImage(image, -step, 0, width, height);
    await new Promise((resolve) => setTimeout(resolve, 1000 / framesPerSecond));
  }
  await new Promise((resolve) => {
    recorder.onstop = resolve;
    recorder.stop();
  });
  const video = document.createElement('video');
  video.src = URL.createObjectURL(new Blob(chunks, { type: 'video/webm' }));
  video.muted = true;
  video.loop = true;
  document.body.append(video);
  await video.play();
  return video;
}
