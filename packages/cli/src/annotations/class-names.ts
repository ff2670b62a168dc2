// The names of classes that label files know by number: one a line, or `names` of a YAML file as Ultralytics writes it.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SsdliteError } from '@ssdlite/layers';
import { parse } from 'yaml';

/** Where label files have their names beside them. */
const usualFiles = ['classes.txt', 'obj.names', 'data.yaml', 'data.yml', 'dataset.yaml'];

/** Whether a file among label files is the list of names. */
export function isNamesFile(name: string): boolean {
  return usualFiles.includes(name);
}

/**
 * Names by class. Without a path, those of a usual file in the folder or in the two above it, if there is one.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if a file is not there or holds no names
 */
export async function readNames({
  path,
  folder,
}: {
  readonly path: string | undefined;
  readonly folder: string;
}): Promise<readonly string[] | undefined> {
  if (path !== undefined) {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new SsdliteError('INVALID_ARGUMENT', `--names: '${path}' cannot be read.`, {
        value: path,
        next: 'Name a text file with a class a line, or a YAML file with "names".',
        cause,
      });
    });
    return namesIn(text, path);
  }
  for (const above of [folder, dirname(folder), dirname(dirname(folder))]) {
    for (const name of usualFiles) {
      const candidate = join(above, name);
      const text = await readFile(candidate, 'utf8').catch(() => undefined);
      if (text !== undefined) return namesIn(text, candidate);
    }
  }
  return undefined;
}

function namesIn(text: string, path: string): readonly string[] {
  const names = /\.ya?ml$/i.test(path) ? namesOfYaml(text) : namesByLine(text);
  if (names !== undefined && names.length > 0) return names;
  throw new SsdliteError('INVALID_ARGUMENT', `'${path}' holds no names of classes.`, {
    value: path,
    next: 'It should be a text file with a class a line, or a YAML file with "names".',
  });
}

function namesByLine(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `names: [cat, dog]` or `names: { 0: cat, 1: dog }`. */
function namesOfYaml(text: string): string[] | undefined {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    return undefined;
  }
  const { names } = Object(content) as { readonly names?: unknown };
  if (Array.isArray(names)) return names.map(String);
  if (typeof names !== 'object' || names === null) return undefined;
  const list: string[] = [];
  for (const [id, name] of Object.entries(names)) list[Number(id)] = String(name);
  return Array.from(list, (name, id) => name ?? `class ${id}`);
}
