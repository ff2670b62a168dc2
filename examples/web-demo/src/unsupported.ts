// The page that is shown where detection cannot run, instead of one that does nothing.

import { SsdliteError } from 'ssdlite/browser';
import { element } from './page-elements.ts';

/** Whether index.html has found out already that the page cannot work. */
export function isUnsupported(): boolean {
  return document.documentElement.classList.contains('is-unsupported');
}

/** Shows it, with what every engine said. */
export function showUnsupported(error: unknown): void {
  document.documentElement.classList.add('is-unsupported');
  const reasons = element('reasons', HTMLElement);
  reasons.hidden = false;
  reasons.textContent = error instanceof SsdliteError ? `${error.code}\n${error.next ?? ''}` : String(error);
}
