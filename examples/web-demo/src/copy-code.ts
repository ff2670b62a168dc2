// The button that copies the code beside it.

import { element } from './page-elements.ts';
import { text } from './texts/language.ts';

export async function copyCode(): Promise<void> {
  const button = element('copy', HTMLButtonElement);
  const code = element('code', HTMLElement);
  try {
    await navigator.clipboard.writeText(code.textContent ?? '');
  } catch {
    // Not allowed, or a page that came by http: two keys are left to press.
    getSelection()?.selectAllChildren(code);
    return;
  }
  button.textContent = text('copied');
  setTimeout(() => {
    button.textContent = text('copy');
  }, 1500);
}
