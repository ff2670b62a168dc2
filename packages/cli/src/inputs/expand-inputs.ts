// What the user named on the command line (files, folders, patterns, URLs, -) as pictures, in order.

import { stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SsdliteError } from '@ssdlite/layers';
import { type CommandIo, pathFrom } from '../command-io.ts';
import { brokenSource, fileSource, inputSource, type PictureSource } from './picture-source.ts';
import { isPictureName, picturesInFolder, sortPaths } from './pictures-in-folder.ts';

export interface ExpandOptions {
  readonly io: Pick<CommandIo, 'cwd' | 'stdin'>;
  /** Also the pictures in folders of folders. */
  readonly recursive: boolean;
}

/**
 * Finds the pictures that inputs name. A file that is named twice comes once; what is not there comes as a source whose `read`
 * fails.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if there is no input, or standard input is named twice or is a terminal
 */
export async function expandInputs(
  inputs: readonly string[],
  options: ExpandOptions,
): Promise<PictureSource[]> {
  if (inputs.length === 0) {
    throw new SsdliteError('INVALID_ARGUMENT', 'No picture is named.', {
      next: 'Name files, folders, patterns or URLs, or - for standard input.',
    });
  }
  checkStandardInput(inputs, options);
  const sources: PictureSource[] = [];
  const seen = new Set<string>();
  for (const input of inputs) {
    for (const source of await expandInput(input, options)) {
      const key = source.path === undefined ? source.name : resolve(options.io.cwd, source.path);
      if (seen.has(key)) continue;
      seen.add(key);
      sources.push(source);
    }
  }
  return sources;
}

async function expandInput(input: string, { io, recursive }: ExpandOptions): Promise<PictureSource[]> {
  if (input === '-') return [inputSource({ name: '-', fileName: 'stdin.jpg', input: io.stdin })];
  if (/^(https?|data):/i.test(input)) return [urlSource(input)];
  try {
    const named = /^file:/i.test(input) ? fileURLToPath(input) : input;
    const path = pathFrom(io, named);
    const there = await statOrUndefined(path);
    if (there?.isDirectory()) return await folderSources({ name: named, path, recursive });
    if (there) return [fileSource({ name: input, path })];
    return await patternSources(named, io);
  } catch (error) {
    return [brokenSource(input, error instanceof SsdliteError ? error : unreadable(input, error))];
  }
}

async function folderSources(folder: {
  readonly name: string;
  readonly path: string;
  readonly recursive: boolean;
}): Promise<PictureSource[]> {
  const { name, path, recursive } = folder;
  const paths = await picturesInFolder(path, { recursive });
  if (paths.length === 0) {
    const deeper = recursive ? [] : await picturesInFolder(path, { recursive: true });
    throw new SsdliteError('IMAGE_NOT_FOUND', `The folder "${name}" has no pictures.`, {
      value: name,
      next:
        deeper.length > 0
          ? `Those below it have ${deeper.length}: add --recursive.`
          : 'Pictures are known by their extension (.jpg, .png, .webp, ...); name a file to read it whatever it is called.',
    });
  }
  // Named from the folder as the user wrote it.
  return paths.map((found) => fileSource({ name: namedFrom({ name, path }, found), path: found }));
}

function namedFrom(folder: { readonly name: string; readonly path: string }, found: string): string {
  const below = relative(folder.path, found);
  return folder.name === '.' ? below : `${folder.name.replace(/[/\\]+$/, '')}/${below.replaceAll('\\', '/')}`;
}

async function patternSources(pattern: string, io: Pick<CommandIo, 'cwd'>): Promise<PictureSource[]> {
  const { glob, isDynamicPattern } = await import('tinyglobby');
  const slashed = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  if (!isDynamicPattern(slashed)) {
    throw new SsdliteError('IMAGE_NOT_FOUND', `There is no file "${pattern}".`, {
      value: pattern,
      next: 'Check the path; relative ones start at the current folder.',
    });
  }
  const found = await glob(slashed, {
    cwd: io.cwd,
    absolute: isAbsolute(slashed),
    expandDirectories: false,
  });
  const pictures = sortPaths(found.filter((path) => isPictureName(basename(path))));
  if (pictures.length === 0) {
    throw new SsdliteError('IMAGE_NOT_FOUND', `No picture matches "${pattern}".`, {
      value: pattern,
      next:
        found.length > 0
          ? `Of the ${found.length} files that match none has the extension of a picture.`
          : 'Check the pattern; * stays within a folder, ** goes below.',
    });
  }
  return pictures.map((path) => fileSource({ name: path, path: pathFrom(io, path) }));
}

function urlSource(url: string): PictureSource {
  const isData = /^data:/i.test(url);
  const [last = ''] = /[^/]*$/.exec(isData || !URL.canParse(url) ? '' : new URL(url).pathname) ?? [];
  return inputSource({
    name: isData ? `${url.slice(0, 30)}...` : url,
    fileName: safeFileName(last) || 'picture.jpg',
    input: url,
  });
}

/** The last part of a URL's path, without what file systems refuse. */
function safeFileName(encoded: string): string {
  let name = encoded;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    // Not percent-encoded after all.
  }
  return name.replace(/[\p{Cc}/\\:*?"<>|]/gu, '-').slice(-100);
}

function checkStandardInput(inputs: readonly string[], { io }: ExpandOptions): void {
  const times = inputs.filter((input) => input === '-').length;
  if (times > 1) {
    throw new SsdliteError('INVALID_ARGUMENT', 'Standard input (-) is named twice.', {
      value: times,
      next: 'It holds one picture: name it once.',
    });
  }
  if (times === 1 && io.stdin.isTTY) {
    throw new SsdliteError('INVALID_ARGUMENT', 'Standard input (-) is a terminal, not a picture.', {
      next: 'Send a picture to it, as in: ssdlite detect - < photo.jpg',
    });
  }
}

async function statOrUndefined(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function unreadable(name: string, cause: unknown): SsdliteError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new SsdliteError('IMAGE_UNREADABLE', `"${name}" cannot be read (${code}).`, {
    value: name,
    next: 'Check its permissions.',
    cause,
  });
}
