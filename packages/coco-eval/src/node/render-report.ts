// A report from Node: the bundled page around its data, and the pictures from their folder inside of it.

import { readFile } from 'node:fs/promises';
import { basename, resolve, sep } from 'node:path';
import type { Report, ReportPicture } from '../report/report-data.ts';
import { type ReportAssets, reportHtml } from '../report/report-html.ts';

/** The same from `src` and from `dist`. */
const bundle = new URL('../../dist/report/page/', import.meta.url);

/** A report as one HTML file that needs nothing else, as text. */
export async function renderReport(report: Report): Promise<string> {
  return reportHtml(report, await readAssets());
}

async function readAssets(): Promise<ReportAssets> {
  const [script, style] = await Promise.all(
    ['main.js', 'page.css'].map((name) => readFile(new URL(name, bundle), 'utf8')),
  );
  return { script: script ?? '', style: style ?? '' };
}

export interface AddPicturesOptions {
  /** Where the pictures are; `file_name` is a path from there. LVIS's pictures, of several folders of COCO, may be there without these. */
  readonly folder: string;
  /**
   * Reads a picture as it is put into the page: JPEG, PNG, WebP, AVIF or GIF bytes. Default: the file as it is. Pass one that makes
   * pictures smaller to keep the page small.
   */
  readonly read?: (path: string) => Promise<Uint8Array>;
  /** Bytes of all pictures together; those that come last go without. Default 24 MiB. */
  readonly mostBytes?: number;
}

/** A report with its pictures. */
export interface ReportWithPictures<Kind extends Report> {
  readonly report: Kind;
  /** Names of those that are not in the folder, or cannot be shown. */
  readonly missing: readonly string[];
  /** Names of those that would have made the page too large. */
  readonly leftOut: readonly string[];
}

/** Puts the pictures of a report into it. */
export async function addPictures<Kind extends Report>(
  report: Kind,
  { folder, read = readFile, mostBytes = 24 * 2 ** 20 }: AddPicturesOptions,
): Promise<ReportWithPictures<Kind>> {
  const sources = new Map<string, string>();
  const missing: string[] = [];
  const leftOut: string[] = [];
  let bytesLeft = mostBytes;
  // Their names are numbers of which COCO has each once.
  const isLvis = report.kind === 'evaluation' && report.rules === 'lvis';
  for (const name of new Set(report.pictures.map((picture) => picture.name))) {
    const names = isLvis ? [name, basename(name)] : [name];
    const bytes = await firstOf(names, { folder, read });
    const type = bytes && mediaType(bytes);
    if (bytes === undefined || type === undefined) missing.push(name);
    else if (bytes.length > bytesLeft) leftOut.push(name);
    else {
      bytesLeft -= bytes.length;
      sources.set(name, `data:${type};base64,${Buffer.from(bytes).toString('base64')}`);
    }
  }
  const pictures = report.pictures.map((picture) => withSource(picture, sources));
  return { report: { ...report, pictures }, missing, leftOut };
}

/** What can be read first. A name that leads out of the folder is not followed: annotations may come from anywhere. */
async function firstOf(
  names: readonly string[],
  { folder, read }: Required<Pick<AddPicturesOptions, 'folder' | 'read'>>,
): Promise<Uint8Array | undefined> {
  for (const name of names) {
    const path = resolve(folder, name);
    if (!path.startsWith(resolve(folder) + sep)) continue;
    const bytes = await read(path).catch(() => undefined);
    if (bytes) return bytes;
  }
  return undefined;
}

function withSource(picture: ReportPicture, sources: ReadonlyMap<string, string | undefined>): ReportPicture {
  const source = sources.get(picture.name);
  return source === undefined ? picture : { ...picture, source };
}

/** What browsers show, told by its first bytes; undefined for anything else. */
function mediaType(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('GIF8')) return 'image/gif';
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'image/webp';
  if (start.slice(4, 12) === 'ftypavif') return 'image/avif';
  return undefined;
}
