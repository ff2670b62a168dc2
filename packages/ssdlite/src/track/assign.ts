// The best pairs of two sets, exactly: the linear assignment problem by shortest augmenting paths (Jonker and Volgenant 1987).

/** A row and the column that it was given. */
export type Pair = readonly [row: number, column: number];

/**
 * Pairs rows with columns, each at most once, so that the sum of gains is the largest possible. What would gain nothing stays alone.
 *
 * @param gains `[rows, columns]`; pairs at 0 or less are never made
 * @returns in order of the rows
 */
export function assign(
  gains: Float64Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Pair[] {
  const gain = (row: number, column: number): number => gains[row * columns + column] as number;
  return parts(gain, { rows, columns })
    .flatMap((part) => assignPart(gain, part))
    .sort(([a], [b]) => a - b);
}

/** Rows and columns that could be pairs. */
interface Part {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

type Gain = (row: number, column: number) => number;

/** What can be solved apart, since nothing of one part gains anything with anything of another: a crowd costs what its knots cost. */
function parts(gain: Gain, { rows, columns }: { readonly rows: number; readonly columns: number }): Part[] {
  const found: Part[] = [];
  const rowsLeft = new Set(range(rows));
  const columnsLeft = new Set(range(columns));
  for (const first of range(rows)) {
    if (!rowsLeft.delete(first)) continue;
    const part = { rows: [first], columns: [] as number[] };
    // Both lists grow while they are gone through.
    for (const row of part.rows) {
      for (const column of columnsLeft) {
        if (!(gain(row, column) > 0)) continue;
        columnsLeft.delete(column);
        part.columns.push(column);
        for (const other of rowsLeft) {
          if (!(gain(other, column) > 0)) continue;
          rowsLeft.delete(other);
          part.rows.push(other);
        }
      }
    }
    if (part.columns.length > 0) found.push(part);
  }
  return found;
}

function assignPart(gain: Gain, { rows, columns }: Part): Pair[] {
  // The solver gives a column to every row, so rows are the smaller side.
  const turned = rows.length > columns.length;
  const [few, many] = turned ? [columns, rows] : [rows, columns];
  const pairOf = (one: number, other: number): Pair => (turned ? [other, one] : [one, other]);
  const costs = few.map((one) =>
    Float64Array.from(many, (other) => -Math.max(0, gain(...pairOf(one, other)))),
  );
  return [...solve(costs, many.length)]
    .map((place, index) => pairOf(few[index] as number, many[place] as number))
    .filter((pair) => gain(...pair) > 0);
}

/** The column of every row, at the smallest sum of costs. There are at least as many columns as rows. */
function solve(costs: readonly Float64Array[], columns: number): Int32Array {
  const columnOf = new Int32Array(costs.length).fill(-1);
  const rowOf = new Int32Array(columns).fill(-1);
  // Prices keep every cost - rowPrice - columnPrice at 0 or more, and at 0 for the pairs made so far.
  const rowPrice = new Float64Array(costs.length);
  const columnPrice = new Float64Array(columns);
  for (let start = 0; start < costs.length; start++) {
    // Dijkstra from a row without a column to the nearest column without a row.
    const distance = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(columns).fill(-1);
    const done = new Uint8Array(columns);
    const visited: number[] = [];
    let row = start;
    let reached = 0;
    let end = -1;
    while (end < 0) {
      const own = costs[row] as Float64Array;
      let nearest = -1;
      for (let column = 0; column < columns; column++) {
        if (done[column]) continue;
        const through =
          reached + (own[column] as number) - (rowPrice[row] as number) - (columnPrice[column] as number);
        if (through < (distance[column] as number)) {
          distance[column] = through;
          before[column] = row;
        }
        if (nearest < 0 || (distance[column] as number) < (distance[nearest] as number)) nearest = column;
      }
      reached = distance[nearest] as number;
      done[nearest] = 1;
      if (rowOf[nearest] === -1) end = nearest;
      else {
        visited.push(nearest);
        row = rowOf[nearest] as number;
      }
    }
    rowPrice[start] = (rowPrice[start] as number) + reached;
    for (const column of visited) {
      const slack = reached - (distance[column] as number);
      columnPrice[column] = (columnPrice[column] as number) - slack;
      const owner = rowOf[column] as number;
      rowPrice[owner] = (rowPrice[owner] as number) + slack;
    }
    // Along the path, every row takes the column through which it was left.
    for (let column = end; column >= 0; ) {
      const taker = before[column] as number;
      const next = columnOf[taker] as number;
      rowOf[column] = taker;
      columnOf[taker] = column;
      column = taker === start ? -1 : next;
    }
  }
  return columnOf;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
