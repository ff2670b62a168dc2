import { SsdliteError } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import { checkNotAborted, untilAborted } from './abort.ts';

const never = new Promise<never>(() => {});

test('an aborted signal is an error that keeps its reason', () => {
  const reason = new Error('the user left');
  try {
    checkNotAborted(AbortSignal.abort(reason));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(SsdliteError);
    expect(error).toMatchObject({ code: 'ABORTED', cause: reason });
  }
});

test('no signal, and one that is not aborted, let the call go on', () => {
  checkNotAborted(undefined);
  checkNotAborted(new AbortController().signal);
});

test('what is no signal is refused', () => {
  expect(() => checkNotAborted({ aborted: false } as AbortSignal)).toThrow(/not an AbortSignal/);
});

test('work that never ends is left as soon as the signal aborts', async () => {
  const controller = new AbortController();
  const waiting = untilAborted(never, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
});

test('work under an already aborted signal is not waited for', async () => {
  await expect(untilAborted(never, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
});

test('the result, or the error, of work that ends in time is its own', async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(untilAborted(Promise.reject(new TypeError('no')), signal)).rejects.toThrow(TypeError);
});
