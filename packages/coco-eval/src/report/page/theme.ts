// Light, dark, or as the system has it; and the page's colours for what is drawn on canvases.

import { element } from './element.ts';

const themes = ['auto', 'light', 'dark'] as const;
const followers: (() => void)[] = [];
/** Asking the style for a colour lays the page out; a chart asks for dozens. */
const known = new Map<string, string>();

/** A custom property of the page's style as a colour that canvases understand, in the theme of the moment. */
export function colour(name: string): string {
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  const probe = element('span', { style: `color: var(--${name}); display: none` });
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  known.set(name, value);
  return value;
}

/** Calls `redraw` whenever colours change. */
export function onThemeChange(redraw: () => void): void {
  followers.push(redraw);
}

/** A button that goes through the themes. */
export function themeButton(): HTMLElement {
  const button = element('button', { type: 'button', class: 'quiet' });
  let chosen = 0;
  const show = (): void => {
    const theme = themes[chosen] ?? 'auto';
    document.documentElement.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
    button.textContent = `Theme: ${theme}`;
    known.clear();
    for (const redraw of followers) redraw();
  };
  button.addEventListener('click', () => {
    chosen = (chosen + 1) % themes.length;
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  show();
  return button;
}
