import { useSyncExternalStore } from 'react';

export type DiffLayout = 'unified' | 'split';

const storageKey = 'cerevisor.diff-layout';
/** The width that two columns of code need. */
const wideScreen = matchMedia('(min-width: 1100px)');
const listeners = new Set<() => void>();

const storedLayout = (): DiffLayout =>
  localStorage.getItem(storageKey) === 'split' ? 'split' : 'unified';

export function setDiffLayout(layout: DiffLayout): void {
  localStorage.setItem(storageKey, layout);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  wideScreen.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    wideScreen.removeEventListener('change', listener);
  };
}

/** Whether there is space for a split diff. */
export const useCanSplitDiff = (): boolean =>
  useSyncExternalStore(subscribe, () => wideScreen.matches);

/** The chosen diff layout, or unified where there is no space for a split one. */
export function useDiffLayout(): DiffLayout {
  const layout = useSyncExternalStore(subscribe, storedLayout);
  return useCanSplitDiff() ? layout : 'unified';
}
