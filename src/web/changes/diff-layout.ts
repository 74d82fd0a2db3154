import { useSyncExternalStore } from 'react';

export type DiffLayout = 'unified' | 'split';

const storageKey = 'cerevisor.diff-layout';
/** Two columns of code need about this much. */
const wideEnough = matchMedia('(min-width: 1100px)');
const listeners = new Set<() => void>();

const chosen = (): DiffLayout =>
  localStorage.getItem(storageKey) === 'split' ? 'split' : 'unified';

export function chooseLayout(layout: DiffLayout): void {
  localStorage.setItem(storageKey, layout);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  wideEnough.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    wideEnough.removeEventListener('change', listener);
  };
}

/** Whether the two sides have room next to each other. */
export const useHasRoomForSplit = (): boolean =>
  useSyncExternalStore(subscribe, () => wideEnough.matches);

/** How diffs are shown: as the person chose, where there is room for it. */
export function useDiffLayout(): DiffLayout {
  const layout = useSyncExternalStore(subscribe, chosen);
  return useHasRoomForSplit() ? layout : 'unified';
}
