// @ssdlite/coco-eval/report: evaluations and data sets as one HTML file.

export { countedFacts, type DatasetReportOptions, datasetReport } from './dataset-report.ts';
export { type EvaluationReportOptions, evaluationReport } from './evaluation-report.ts';
export type {
  DatasetReport,
  EvaluationReport,
  Report,
  ReportBox,
  ReportFact,
  ReportKeypoints,
  ReportPicture,
  ReportSkeleton,
} from './report-data.ts';
export { type ReportAssets, reportHtml } from './report-html.ts';
