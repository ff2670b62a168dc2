// Reads the names of classes from what people have: a label map of TF Object Detection, a text file, or JSON.

import { SsdliteError } from '@ssdlite/layers';
import type { Label } from '../labels.ts';

/**
 * Reads labels, whichever of these a text is:
 *
 * - a label map (`.pbtxt`): `item { id: 1 name: '/m/01g317' display_name: 'person' }`, the display name first;
 * - JSON: a list of names (ids from 1), an object from id to name, a list of `{ id, name }`, or COCO annotations with `categories`;
 * - a text with a name per line, ids from 1. A first line of `background`, `__background__` or `???` has id 0 and is left out; `???`
 *   and empty lines after it are ids without a class.
 *
 * @returns labels by rising id
 * @throws SsdliteError `INVALID_ARGUMENT` if a text is none of these, is empty, or has an id twice
 * @example
 * parseLabels("item { id: 1 name: 'cat' } item { id: 2 name: 'dog' }"); // [{ id: 1, name: 'cat' }, { id: 2, name: 'dog' }]
 */
export function parseLabels(text: string): Label[] {
  // Editors put a byte order mark in front.
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const labels = /^[[{]/.test(trimmed)
    ? fromJson(trimmed)
    : /^(#[^\n]*\n|\s)*item\s*:?\s*\{/.test(trimmed)
      ? fromLabelMap(trimmed)
      : fromLines(trimmed);
  return checkLabels(labels);
}

/**
 * Sorts labels by id.
 *
 * @throws SsdliteError `INVALID_ARGUMENT` if there is none, an id is no whole number of at least 1 or there twice, or a name is empty
 */
export function checkLabels(labels: readonly Label[]): Label[] {
  const seen = new Map<number, string>();
  for (const { id, name } of labels) {
    if (!Number.isInteger(id) || id < 1)
      throw invalid(`'${name}' has the id ${id}`, id, 'Ids are whole numbers of at least 1.');
    if (typeof name !== 'string' || name.trim() === '')
      throw invalid(`The class with id ${id} has no name`, id, 'Name it.');
    const other = seen.get(id);
    if (other !== undefined)
      throw invalid(`'${other}' and '${name}' both have the id ${id}`, id, 'Give each class its own id.');
    seen.set(id, name);
  }
  if (labels.length === 0)
    throw invalid(
      'There are no labels',
      undefined,
      'Pass a label map, a text with a name per line, or JSON.',
    );
  return labels.map(({ id, name }) => ({ id, name })).sort((a, b) => a.id - b.id);
}

const noClass = '???';
const background: ReadonlySet<string> = new Set([noClass, 'background', '__background__']);

function fromLines(text: string): Label[] {
  const lines = text === '' ? [] : text.split(/\r?\n/).map((line) => line.trim());
  const withBackground = background.has(lines[0]?.toLowerCase() ?? '');
  return lines
    .map((name, index) => ({ id: withBackground ? index : index + 1, name }))
    .filter(({ id, name }) => id > 0 && name !== '' && name !== noClass);
}

function fromJson(text: string): Label[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid('The labels are no JSON text', undefined, 'Check its brackets and commas.', cause);
  }
  if (isRecord(json) && Array.isArray(json.categories)) return json.categories.map(fromEntry);
  if (Array.isArray(json)) {
    return json.every((name) => typeof name === 'string')
      ? fromLines(json.map((name) => name.replaceAll('\n', ' ')).join('\n'))
      : json.map(fromEntry);
  }
  if (!isRecord(json)) throw invalid('The labels are neither list nor object', json, 'See parseLabels.');
  return Object.entries(json).map(([id, name]) => fromEntry({ id: Number(id), name }));
}

function fromEntry(entry: unknown): Label {
  if (isRecord(entry) && typeof entry.id === 'number' && typeof entry.name === 'string') {
    return { id: entry.id, name: entry.name };
  }
  throw invalid(
    `A label is ${JSON.stringify(entry)}`,
    entry,
    "Labels in JSON are names, or { id: 1, name: 'person' }.",
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tokens of protobuf's text format: comments, quoted texts, words and numbers, marks. */
const token = /#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w.+-]+|[{}:<>[\],;]/g;

function fromLabelMap(text: string): Label[] {
  const tokens = [...text.matchAll(token)].map(([part]) => part).filter((part) => !part.startsWith('#'));
  const labels: Label[] = [];
  let item: Map<string, string> | undefined;
  let depth = 0;
  for (const [index, part] of tokens.entries()) {
    if (part === '{' || part === '<') {
      depth++;
      if (depth === 1) item = new Map();
    } else if (part === '}' || part === '>') {
      depth--;
      if (depth === 0 && item) labels.push(fromItem(item));
      if (depth < 0) break;
    } else if (depth === 1 && tokens[index - 1] === ':') {
      item?.set(tokens[index - 2] ?? '', unquote(part));
    }
  }
  if (depth !== 0)
    throw invalid('The label map has a bracket without its other half', undefined, 'Check its braces.');
  return labels.filter(({ id }) => id !== 0);
}

function fromItem(item: ReadonlyMap<string, string>): Label {
  const id = item.get('id');
  const name = item.get('display_name') ?? item.get('name');
  if (id === undefined || name === undefined) {
    const text = [...item].map(([key, value]) => `${key}: ${value}`).join(', ');
    throw invalid(
      `An item of the label map has ${text || 'nothing'}`,
      text,
      'Each needs id and name (or display_name).',
    );
  }
  return { id: Number(id), name };
}

/** Decodes a quoted text with the escapes of protobuf's text format that names have. */
function unquote(part: string): string {
  if (!/^["']/.test(part)) return part;
  return part
    .slice(1, -1)
    .replaceAll(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped,
    );
}

function invalid(what: string, value: unknown, next: string, cause?: unknown): SsdliteError {
  return new SsdliteError('INVALID_ARGUMENT', `${what}.`, { value, next, cause });
}
