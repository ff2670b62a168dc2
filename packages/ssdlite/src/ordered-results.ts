// Many tasks, a few at a time, results in the order of the inputs.

/** What became of one input's task. */
export interface OrderedResult<Input, Result> {
  readonly input: Input;
  /** Place among the inputs, from 0. */
  readonly index: number;
  readonly outcome: PromiseSettledResult<Result>;
}

/**
 * Starts a task per input, at most `ahead` at once, and yields what became of them in the inputs' order.
 *
 * An input is asked for only when there is room for its task (back-pressure), and a result is yielded as soon as it is there, even
 * if the next input is slow to come. When the consumer stops early, tasks under way are waited for and the source is closed.
 */
export async function* orderedResults<Input, Result>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  { ahead, task }: { readonly ahead: number; readonly task: (input: Input) => Promise<Result> },
): AsyncGenerator<OrderedResult<Input, Result>, void, void> {
  const source = Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]();
  const underWay: Promise<OrderedResult<Input, Result>>[] = [];
  let asked: Promise<IteratorResult<Input>> | undefined;
  let ended = false;
  let started = 0;
  try {
    while (!ended || underWay.length > 0) {
      if (!ended && !asked && underWay.length < ahead) asked = Promise.resolve(source.next());
      const first = underWay[0];
      const input = await Promise.race(
        [asked, first?.then(() => undefined)].filter((promise) => promise !== undefined),
      );
      if (input) {
        asked = undefined;
        if (input.done) ended = true;
        else {
          const { value } = input;
          const index = started++;
          underWay.push(settled(task(value)).then((outcome) => ({ input: value, index, outcome })));
        }
      } else if (first) {
        underWay.shift();
        yield await first;
      }
    }
  } finally {
    await Promise.all(underWay);
    if (!ended) await source.return?.();
  }
}

async function settled<Result>(promise: Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [outcome] = await Promise.allSettled([promise]);
  return outcome;
}
