import { expect, test } from 'vitest';
import { orderedResults } from './ordered-results.ts';

/** A promise and what settles it. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

test('Results come in the order of the inputs, whichever task ends first', async () => {
  const slow = gate();
  const seen: number[] = [];
  const task = async (n: number): Promise<number> => {
    if (n === 0) await slow.passed;
    if (n === 2) slow.open();
    return n * 10;
  };
  for await (const { index, outcome } of orderedResults([0, 1, 2, 3], { ahead: 3, task })) {
    if (outcome.status === 'fulfilled') seen.push(index, outcome.value);
  }
  expect(seen).toEqual([0, 0, 1, 10, 2, 20, 3, 30]);
});

test('No more than `ahead` tasks are under way, and inputs are not asked for before', async () => {
  let asked = 0;
  function* inputs() {
    while (asked < 10) yield asked++;
  }
  let underWay = 0;
  let most = 0;
  const second = gate();
  const task = async (): Promise<void> => {
    most = Math.max(most, ++underWay);
    if (most === 2) second.open();
    await second.passed;
    underWay--;
  };
  const results = orderedResults(inputs(), { ahead: 2, task });
  await results.next();
  expect(asked).toBeLessThanOrEqual(3);
  for await (const _ of results);
  expect(most).toBe(2);
  expect(asked).toBe(10);
});

test('A result is there as soon as its task is done, even if the next input never comes', async () => {
  const never = new Promise<never>(() => undefined);
  const source = {
    [Symbol.asyncIterator]: () => {
      let first = true;
      return {
        next(): Promise<IteratorResult<string>> {
          if (!first) return never;
          first = false;
          return Promise.resolve({ value: 'a', done: false });
        },
      };
    },
  };
  const results = orderedResults(source, { ahead: 3, task: async (input: string) => input });
  expect((await results.next()).value).toMatchObject({ input: 'a', index: 0 });
});

test('A failed task is a result like the others', async () => {
  const outcomes: string[] = [];
  const task = async (n: number): Promise<number> => {
    if (n === 1) throw new Error('broken');
    return n;
  };
  for await (const { outcome } of orderedResults([0, 1, 2], { ahead: 2, task }))
    outcomes.push(outcome.status);
  expect(outcomes).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('Stopping early waits for the tasks under way and closes the source', async () => {
  const log: string[] = [];
  function* inputs() {
    try {
      for (let n = 0; ; n++) yield n;
    } finally {
      log.push('closed');
    }
  }
  const task = async (n: number): Promise<void> => {
    await Promise.resolve();
    log.push(`task ${n}`);
  };
  for await (const _ of orderedResults(inputs(), { ahead: 2, task })) break;
  expect(log).toContain('task 1');
  expect(log.at(-1)).toBe('closed');
});
