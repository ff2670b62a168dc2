// Levels of quality that belong to a weights file: recipes under names, in its manifest. `ssdlite tune` makes them.

import { type JsonValue, SsdliteError } from '@ssdlite/layers';
import { checkSizeWeights, type SizeWeight } from '../quality/fusion/size-weight.ts';
import { checkViews } from '../quality/resolve-quality.ts';
import { isBuiltIn, type NamedRecipe, type View, type WholeView } from '../quality/views.ts';
import { type Metric, readMetric } from './metric.ts';

/** A level of the weights' own. Its name is what `detect(image, { quality })` takes. */
export interface Level extends NamedRecipe {
  /** Multiply-adds, as a multiple of one pass, on the pictures for which it was made. */
  readonly cost: number;
  /** Measured on pictures that had no say in its making. */
  readonly metrics: readonly Metric[];
}

/** @throws SsdliteError `INVALID_ARGUMENT` */
export function checkLevelName(name: string): void {
  if (isLevelName(name)) return;
  throw new SsdliteError('INVALID_ARGUMENT', `A level cannot be called ${JSON.stringify(name)}.`, {
    value: name,
    next: 'Choose a word of letters, digits, dots and dashes that begins with a letter, and is not fast, balanced, high or max.',
  });
}

function isLevelName(name: string): boolean {
  return /^[a-z][a-z0-9.-]{0,63}$/i.test(name) && name !== 'fast' && !isBuiltIn(name);
}

/** @throws SsdliteError `WEIGHTS_DAMAGED` with the path of what is wrong */
export function readLevels(json: JsonValue): Level[] {
  const seen = new Set<string>();
  return json.items().map((item) => {
    item.only(['name', 'views', 'sizeWeights', 'cost', 'metrics']);
    const name = item.get('name').string();
    if (!isLevelName(name)) throw item.get('name').mustBe('a word, and none of fast, balanced, high, max');
    if (seen.has(name)) throw item.get('name').mustBe('a name that no other level has');
    seen.add(name);
    return {
      name,
      views: checked(item.get('views'), checkViews, (views) => views.items().map(readView)),
      sizeWeights: checked(item.get('sizeWeights'), checkSizeWeights, (knots) =>
        knots.items().map(readSizeWeight),
      ),
      cost: item.get('cost').positive(),
      metrics: item.get('metrics').items().map(readMetric),
    };
  });
}

function readView(json: JsonValue): View {
  const optional = (name: 'flip' | 'keepAspect') => {
    const value = json.get(name);
    return value.present ? { [name]: value.boolean() } : {};
  };
  if (json.get('tiles').present) {
    json.only(['tiles', 'overlap', 'size', 'flip', 'region']);
    const [columns, rows, ...rest] = json.get('tiles').items();
    if (!columns || !rows || rest.length > 0) throw json.get('tiles').mustBe('columns and rows');
    const tiles = [columns.integer(1), rows.integer(1)] as const;
    const size = json.get('size');
    return {
      tiles,
      overlap: json.get('overlap').number(),
      ...(size.present && { size: readSize(size) }),
      ...optional('flip'),
      ...readRegion(json.get('region')),
    };
  }
  json.only(['size', 'flip', 'keepAspect', 'region']);
  return {
    size: readSize(json.get('size')),
    ...optional('flip'),
    ...optional('keepAspect'),
    ...readRegion(json.get('region')),
  };
}

function readSize(json: JsonValue): WholeView['size'] {
  if (typeof json.value === 'number') return json.integer(1);
  return { height: json.get('height').integer(1), width: json.get('width').integer(1) };
}

function readRegion(json: JsonValue): Pick<View, 'region'> {
  if (!json.present) return {};
  const side = (name: string) => json.get(name).number();
  return { region: { x: side('x'), y: side('y'), width: side('width'), height: side('height') } };
}

function readSizeWeight(json: JsonValue): SizeWeight {
  const [size, weight, ...rest] = json.items();
  if (!size || !weight || rest.length > 0) throw json.mustBe('a size and a weight');
  return [size.positive(), weight.positive()];
}

/** Reads, and lets those who know the domain judge; what they refuse is damage here. */
function checked<T>(json: JsonValue, check: (value: unknown) => void, read: (json: JsonValue) => T): T {
  const value = read(json);
  try {
    check(value);
  } catch (error) {
    if (error instanceof SsdliteError) throw json.mustBe(`something else (${error.message})`);
    throw error;
  }
  return value;
}
