import { useSyncExternalStore } from 'react';

export type DiffLayout = 'unified' | 'split';

const storageKey = 'cerevisor.diff-layout';
/** Two columns of code need about this much. */
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

/** Whether the two sides have room next to each other. */
export const useCanSplitDiff = (): boolean =>
  useSyncExternalStore(subscribe, () => wideScreen.matches);

/** How diffs are shown: as the person chose, where there is room for it. */
export function useDiffLayout(): DiffLayout {
  const layout = useSyncExternalStore(subscribe, storedLayout);
  return useCanSplitDiff() ? layout : 'unified';
}
