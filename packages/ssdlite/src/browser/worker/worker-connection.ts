// A worker with an engine: started, asked, and let go of.

import { SsdliteError } from '@ssdlite/layers';
import { abortedError, checkNotAborted } from '../../abort.ts';
import type { WorkerEngineStart } from '../engines/browser-engine.ts';
import type { WeightFiles } from '../read-weights.ts';
import {
  type Calls,
  type FromWorker,
  type Listeners,
  receivedError,
  type SentOptions,
  type SentPicture,
  type ToWorker,
} from './messages.ts';
import { transferOf } from './send-picture.ts';

/** A question to a worker's detector. */
export interface WorkerCall<Method extends keyof Calls> {
  readonly method: Method;
  readonly images: readonly SentPicture[];
  readonly options: SentOptions;
  readonly signal: AbortSignal | undefined;
  readonly listeners: Listeners;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly listeners: Listeners;
}

/** One worker. */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #gone: unknown;
  #reason = '';
  #tellDisposed = () => {};

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * Starts a worker's detector, which checks weights and engine.
   *
   * @throws what is wrong with either; the worker is ended then
   */
  static async start(
    worker: Worker,
    options: {
      readonly engine: Promise<WorkerEngineStart>;
      /** The worker gets a copy: the next engine needs them too, if this one fails. */
      readonly weights: Promise<WeightFiles>;
    },
  ): Promise<WorkerConnection> {
    const connection = new WorkerConnection(worker);
    try {
      await new Promise<void>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
          if (data.kind === 'started') resolve();
          if (data.kind === 'failed') reject(receivedError(data.error));
        };
        worker.onerror = (event) => reject(workerError(event));
        // The engine starts while the weights are on their way.
        connection.#begin(options).catch(reject);
      });
    } catch (error) {
      worker.terminate();
      throw error;
    }
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => connection.#receive(data);
    worker.onerror = (event) => connection.#fail(workerError(event));
    return connection;
  }

  async #begin({ engine, weights }: Parameters<typeof WorkerConnection.start>[1]): Promise<void> {
    weights.catch(() => undefined);
    const { options, transfer } = await engine;
    this.#post({ kind: 'load', options }, [...transfer]);
    const { manifest, bytes } = await weights;
    const copy = bytes.slice();
    this.#post({ kind: 'start', manifest, bytes: copy }, [copy.buffer]);
  }

  /** Why the engine was started anew; empty if it was not. */
  get reason(): string {
    return this.#reason;
  }

  /** Asks; pictures that can be handed over are. */
  call<Method extends keyof Calls>(call: WorkerCall<Method>): Promise<Calls[Method]> {
    const { method, images, options, signal, listeners } = call;
    return new Promise<Calls[Method]>((resolve, reject) => {
      checkNotAborted(signal);
      if (this.#gone) throw this.#gone;
      const id = this.#nextId++;
      const onAbort = () => {
        // It need not be waited for: the worker's own end of the call comes to nothing.
        this.#post({ kind: 'abort', id });
        settle(() => reject(abortedError(signal as AbortSignal)));
      };
      const settle = (how: () => void) => {
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(id);
        how();
      };
      const told = (Object.keys(listeners) as (keyof Listeners)[]).filter((name) => listeners[name]);
      this.#post({ kind: 'call', id, method, images, options, listeners: told }, transferOf(images));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, {
        resolve: (value) => settle(() => resolve(value as Calls[Method])),
        reject: (error) => settle(() => reject(error)),
        listeners,
      });
    });
  }

  /** Lets calls under way end, and ends the worker. */
  async dispose(): Promise<void> {
    if (!this.#gone) {
      await new Promise<void>((resolve) => {
        this.#tellDisposed = resolve;
        this.#post({ kind: 'dispose' });
      });
    }
    this.#worker.terminate();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'told':
        this.#tell(message);
        break;
      case 'result':
        this.#reason = message.reason;
        this.#waiting.get(message.id)?.resolve(message.value);
        break;
      case 'error':
        this.#waiting.get(message.id)?.reject(receivedError(message.error));
        break;
      case 'disposed':
        this.#tellDisposed();
    }
  }

  #tell({ id, listener: name, value }: Extract<FromWorker, { kind: 'told' }>): void {
    const waiting = this.#waiting.get(id);
    const listener = waiting?.listeners[name] as ((value: unknown) => void) | undefined;
    try {
      listener?.(value);
    } catch (error) {
      // As without a worker: what a listener throws ends its call.
      this.#post({ kind: 'abort', id });
      waiting?.reject(error);
    }
  }

  #fail(error: SsdliteError): void {
    this.#gone = error;
    for (const { reject } of [...this.#waiting.values()]) reject(error);
    this.#tellDisposed();
  }
}

function workerError(event: ErrorEvent | Event): SsdliteError {
  const why = 'message' in event && event.message ? event.message : 'its file does not load';
  return new SsdliteError('ENGINE_FAILED', `The worker stopped: ${why}.`, {
    next: "Check that the bundler or server offers the worker's file, or pass worker: (engine) => new Worker(…).",
    cause: event,
  });
}
