// A report as one HTML file that needs nothing else: no network, no other file.

import type { Report } from './report-data.ts';

/** The page's script and style, as `node scripts/bundle-report.mjs` makes them. */
export interface ReportAssets {
  readonly script: string;
  readonly style: string;
}

/** Nothing may be loaded from anywhere, whatever stands in the data. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The whole page as text. */
export function reportHtml(report: Report, { script, style }: ReportAssets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeText(report.title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This report draws its charts with a script that is inside of it. Please allow it to run.</noscript>
<script type="application/json" id="report">${escapeJson(report)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** JSON that no text inside of it can end: `</script>` and `<!--` begin with the one character that is escaped. */
function escapeJson(report: Report): string {
  return JSON.stringify(report).replaceAll('<', '\\u003c');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
