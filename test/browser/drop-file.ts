// A file that a visitor drops on a page, or pastes into it.

import type { Page } from 'playwright-core';

export async function dropFile(
  page: Page,
  bytes: Buffer,
  { type = 'drop' }: { readonly type?: 'drop' | 'paste' } = {},
): Promise<void> {
  await page.evaluate(
    ([type, base64]) => {
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([content], `${type}.jpg`, { type: 'image/jpeg' }));
      dispatchEvent(
        type === 'drop'
          ? new DragEvent('drop', { dataTransfer: data })
          : new ClipboardEvent('paste', { clipboardData: data }),
      );
    },
    [type, bytes.toString('base64')] as const,
  );
}
