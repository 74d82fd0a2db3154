import { useSyncExternalStore } from 'react';

/** `public/theme.js` reads the same key before the first paint. */
const storageKey = 'cerevisor.theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

export type ThemeChoice = 'system' | 'light' | 'dark';

const listeners = new Set<() => void>();

function chosenTheme(): ThemeChoice {
  const stored = localStorage.getItem(storageKey);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function apply(): void {
  const choice = chosenTheme();
  const isDark = choice === 'dark' || (choice === 'system' && systemIsDark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(storageKey);
  else localStorage.setItem(storageKey, choice);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, chosenTheme);
}

/** Applies theme changes of the system and of other windows for the lifetime of the page. */
export function followTheme(): void {
  systemIsDark.addEventListener('change', apply);
  addEventListener('storage', (event) => {
    if (event.key === storageKey) apply();
  });
}
