// The page of an evaluation: its parts from top to bottom.

import type { EvaluationReport } from '../report-data.ts';
import { calibrationSection } from './calibration-section.ts';
import { categoryTable } from './category-table.ts';
import { Choice } from './choice.ts';
import { confusionSection } from './confusion-section.ts';
import { controls } from './controls.ts';
import { errorSection } from './error-section.ts';
import { figures } from './figures.ts';
import { threshold } from './number-format.ts';
import { pictureGallery } from './picture-gallery.ts';
import { thresholdSection } from './threshold-section.ts';

/** How to tell objects from detections, whatever their colour. */
const drawnAs: Readonly<Record<EvaluationReport['type'], string>> = {
  bbox: 'Boxes of objects are dashed, those of detections solid.',
  segm: 'Outlines of objects are dashed, those of detections solid.',
  keypoints:
    'Lines of objects are dashed, those of detections solid; hollow points are hidden behind something.',
};

export function evaluationPage(report: EvaluationReport): HTMLElement[] {
  const choice = new Choice(report);
  return [
    controls(choice),
    figures(choice),
    thresholdSection(choice),
    ...categoryTable(choice),
    errorSection(choice),
    ...calibrationSection(choice),
    ...confusionSection(report),
    ...pictureGallery(report.pictures, {
      about: `The pictures on which most goes wrong, with detections from score ${threshold(report.scoreThreshold)} on. ${drawnAs[report.type]}${report.rules === 'lvis' ? ' Detections are left out of pictures of which is not known whether their category is there.' : ''}`,
      skeletons: report.skeletons,
    }),
  ];
}
