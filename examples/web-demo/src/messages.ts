// What the page tells its visitor: how the engine is, what is being loaded, and what went wrong.

import { element } from './page-elements.ts';

export function showStatus(state: 'loading' | 'ready' | 'failed', words: string): void {
  element('engine-pill', HTMLElement).dataset.state = state;
  element('engine-status', HTMLElement).textContent = words;
}

/**
 * @param words undefined hides it
 * @param share of what is awaited, if it is known
 */
export function showLoading(words: string | undefined, share?: number): void {
  const view = element('loading', HTMLElement);
  view.hidden = words === undefined;
  if (words === undefined) return;
  showStatus('loading', words);
  element('loading-text', HTMLElement).textContent = words;
  const bar = element('loading-bar', HTMLProgressElement);
  if (share === undefined) bar.removeAttribute('value');
  else bar.value = share;
}

/**
 * @param words undefined hides it
 * @param options.retry with a button to try again
 */
export function showNotice(words: string | undefined, { retry = false } = {}): void {
  element('notice', HTMLElement).hidden = words === undefined;
  element('retry', HTMLButtonElement).hidden = !retry;
  element('notice-text', HTMLElement).textContent = words ?? '';
}
