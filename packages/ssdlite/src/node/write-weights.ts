// Puts a weights file and its manifest on disk: both whole, or nothing.

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';
import type { Manifest } from '../weights/manifest.ts';

/**
 * Writes `FOLDER/FILE.safetensors` (by the manifest's name for it) and `FOLDER/FILE.json`, the manifest last: weights without a manifest
 * are never read by mistake. Replaces files of these names.
 *
 * @returns the paths written
 * @throws SsdliteError `WRITE_FAILED`; what was there before is still there then
 */
export async function writeDetectorWeights(
  folder: string,
  { manifest, bytes }: { readonly manifest: Manifest; readonly bytes: Uint8Array },
): Promise<{ readonly weights: string; readonly manifest: string }> {
  const weightsPath = join(folder, manifest.weights.file);
  const manifestPath = `${weightsPath.replace(/\.safetensors$/, '')}.json`;
  const files: [path: string, content: Uint8Array | string][] = [
    [weightsPath, bytes],
    [manifestPath, manifestText(manifest)],
  ];
  const temporary = (path: string): string => join(dirname(path), `.${process.pid}-${Date.now()}.part`);
  const parts = files.map(([path, content], index) => ({
    path,
    content,
    part: `${temporary(path)}${index}`,
  }));
  try {
    await mkdir(folder, { recursive: true });
    for (const { part, content } of parts) await writeFile(part, content, { flag: 'wx' });
    for (const { part, path } of parts) await rename(part, path);
  } catch (cause) {
    await Promise.all(parts.map(({ part }) => rm(part, { force: true }).catch(() => {})));
    throw new SsdliteError('WRITE_FAILED', `The weights could not be written to '${folder}'.`, {
      value: folder,
      next: 'Check that the folder may be written and that the disk has room.',
      cause,
    });
  }
  return { weights: weightsPath, manifest: manifestPath };
}

/** A manifest as the text of its file: what is short stands on one line. */
export function manifestText(manifest: Manifest): string {
  return `${jsonLines(manifest, '')}\n`;
}

const lineWidth = 110;

function jsonLines(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (
    typeof value !== 'object' ||
    value === null ||
    (indent !== '' && line.length + indent.length < lineWidth) ||
    (Array.isArray(value) && value.every((item) => typeof item === 'number'))
  ) {
    return line;
  }
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => inner + jsonLines(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${inner}${JSON.stringify(key)}: ${jsonLines(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}
