// How large a picture is drawn.

import type { ReportBox, ReportPicture } from './report-data.ts';

/** The size that the annotations say, or what the boxes need where they say none. */
export function frameOf(
  { width, height }: { readonly width?: number | undefined; readonly height?: number | undefined },
  boxes: readonly ReportBox[],
): Pick<ReportPicture, 'width' | 'height'> {
  if (width && height) return { width, height };
  const ends = boxes
    .map(({ box: [x, y, boxWidth, boxHeight] }) => [x + boxWidth, y + boxHeight] as const)
    .filter((end) => end.every(Number.isFinite));
  return {
    width: Math.ceil(Math.max(1, ...ends.map(([right]) => right))),
    height: Math.ceil(Math.max(1, ...ends.map(([, bottom]) => bottom))),
  };
}
