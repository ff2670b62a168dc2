// Workers that make samples, as one data set.

import { Worker } from 'node:worker_threads';
import { SsdliteError, type SsdliteErrorCode } from '@ssdlite/layers';
import { viewOf } from '../data/training-dataset.ts';
import type { Dataset, Sample } from '../sample.ts';
import type { SampleAnswer, SampleRequest, SampleWorkerData } from './sample-worker.ts';

/** A data set that holds threads. */
export interface WorkerDataset extends Dataset {
  /** Ends its threads. Harmless when called again. */
  dispose(): Promise<void>;
}

interface Waiting {
  readonly resolve: (sample: Sample) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A data set whose samples are made in threads of their own. They end with the process.
 *
 * @param options.workers how many
 */
export function workerDataset(
  data: SampleWorkerData,
  { workers }: { readonly workers: number },
): WorkerDataset {
  const threads = Array.from({ length: workers }, () => new SampleThread(data));
  return {
    classes: data.classes,
    length: data.images.length,
    viewOf: (index, { epoch }) => viewOf(data.config, { index, epoch }),
    sample(index, { epoch, signal }) {
      signal?.throwIfAborted();
      const [free] = threads.toSorted((a, b) => a.waiting - b.waiting);
      return (free as SampleThread).ask({ index, epoch });
    },
    async dispose() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

const fromSources = import.meta.url.endsWith('.ts');

/** Node runs JavaScript only, so that from the sources it is the compiled worker that starts, without the sources' import condition. */
const script = new URL(
  fromSources ? '../../dist/node/sample-worker.js' : './sample-worker.js',
  import.meta.url,
);

class SampleThread {
  readonly #data: SampleWorkerData;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #requests = 0;

  constructor(data: SampleWorkerData) {
    this.#data = data;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  ask(what: Omit<SampleRequest, 'request'>): Promise<Sample> {
    const worker = this.#started();
    const request = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...what, request } satisfies SampleRequest);
    });
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(script, { workerData: this.#data, ...(fromSources && { execArgv: [] }) });
    worker.on('message', (answer: SampleAnswer) => this.#settle(answer));
    worker.on('error', (cause) => this.#fail(cause));
    worker.on('exit', () => this.#fail(undefined));
    this.#worker = worker;
    return worker;
  }

  #settle(answer: SampleAnswer): void {
    const waiting = this.#waiting.get(answer.request);
    this.#waiting.delete(answer.request);
    // Nobody waits for it then: it does not keep the process alive.
    if (this.#waiting.size === 0) this.#worker?.unref();
    if ('sample' in answer) waiting?.resolve(answer.sample);
    else waiting?.reject(errorOf(answer.error));
  }

  /** A thread that ends (out of memory, say) fails what it was asked for; the next request starts another. */
  #fail(cause: unknown): void {
    this.#worker = undefined;
    const error = new SsdliteError('ENGINE_FAILED', 'The thread that reads and augments pictures ended.', {
      value: cause,
      next: 'Use fewer workers, or smaller pictures, if memory was short.',
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function errorOf({
  code,
  message,
  next,
  value,
}: Extract<SampleAnswer, { error: unknown }>['error']): SsdliteError {
  return new SsdliteError(code as SsdliteErrorCode, message.slice(0, message.length - next.length).trim(), {
    value,
    next: next || 'See the message.',
  });
}
