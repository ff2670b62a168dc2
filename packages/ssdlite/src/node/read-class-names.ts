// The names of a classifier's classes, from what people have.

import { readFile } from 'node:fs/promises';
import { SsdliteError } from '@ssdlite/layers';

/** Names in the order of the classes, or path or file URL of a file with them. */
export type ClassNamesInput = readonly string[] | string | URL;

/**
 * Reads class names, whichever of these a file is: a text with a name per line, a JSON list of names, a JSON object from index (from 0)
 * to name, or Keras' `imagenet_class_index.json` (from index to WordNet id and name).
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if it is none of these, or an index is missing
 */
export async function readClassNames(input: ClassNamesInput): Promise<readonly string[]> {
  if (typeof input !== 'string' && !(input instanceof URL)) return input;
  const text = (await readText(input)).replace(/^\uFEFF/, '').trim();
  if (!/^[[{]/.test(text)) return text.split(/\r?\n/).map((line) => line.trim());
  const names = namesOf(parse(text, input));
  const missing = names.findIndex((name) => typeof name !== 'string' || name === '');
  if (missing < 0) return names as string[];
  throw unreadable(input, `class ${missing} has no name`);
}

function namesOf(json: unknown): unknown[] {
  if (Array.isArray(json)) return json;
  const entries = Object.entries(json as Record<string, unknown>);
  const names: unknown[] = new Array(entries.length).fill(undefined);
  for (const [index, name] of entries) {
    if (Number(index) < names.length) names[Number(index)] = Array.isArray(name) ? name.at(-1) : name;
  }
  return names;
}

function parse(text: string, input: string | URL): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(input, 'it is not JSON', cause);
  }
}

async function readText(input: string | URL): Promise<string> {
  try {
    return await readFile(input, 'utf8');
  } catch (cause) {
    throw unreadable(input, 'the file cannot be read', cause);
  }
}

function unreadable(input: string | URL, why: string, cause?: unknown): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `The labels '${input}' cannot be used: ${why}.`, {
    value: String(input),
    next: 'Pass a text with a name per line, or a JSON list of names.',
    ...(cause !== undefined && { cause }),
  });
}
