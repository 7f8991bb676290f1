import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

const listeners = new Set<() => void>();
const notify = () => listeners.forEach((each) => each());
const systemDark = () => window.matchMedia('(prefers-color-scheme: dark)');

function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  const media = systemDark();
  media.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    media.removeEventListener('change', listener);
  };
}

function chosenTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** System, light, dark, system …; remembered in this browser (public/theme.js applies it before the first paint). */
export function switchTheme(): void {
  const theme = NEXT[chosenTheme()];
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('theme', theme);
  } catch {
    // Storage is closed to this page: the choice lasts until it is left.
  }
  notify();
}

export const useTheme = (): Theme => useSyncExternalStore(onTheme, chosenTheme);

const shownTheme = (): 'light' | 'dark' => {
  const theme = chosenTheme();
  if (theme !== 'system') return theme;
  return systemDark().matches ? 'dark' : 'light';
};

/** What is on screen after the system had its say; canvases repaint when it changes. */
export const useShownTheme = (): 'light' | 'dark' => useSyncExternalStore(onTheme, shownTheme);

/** The value of a CSS colour variable as a canvas understands it. @param alpha opacity, 0 to 1 */
export function cssColour(variable: string, alpha = 1): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return alpha === 1 ? color : color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
