import { useSyncExternalStore } from 'react';

/** What was taken off the list last, so that it can be put back, also in another window or after a restart. */
export type Dismissal = { readonly ids: readonly string[]; readonly at: string };

const storageKey = 'cerevisor.last-dismissal';
const listeners = new Set<() => void>();
let read: { readonly text: string | null; readonly dismissal: Dismissal | null } | null = null;

/** What stands in the storage; null for nothing, and for what is no dismissal. */
export function dismissalIn(text: string | null): Dismissal | null {
  if (text === null) return null;
  const [at = '', ...ids] = text.split('\n');
  return Number.isNaN(Date.parse(at)) || ids.length === 0 ? null : { at, ids };
}

export const textOf = ({ at, ids }: Dismissal): string => [at, ...ids].join('\n');

function current(): Dismissal | null {
  const text = localStorage.getItem(storageKey);
  if (read?.text !== text) read = { text, dismissal: dismissalIn(text) };
  return read?.dismissal ?? null;
}

export function keepDismissal(dismissal: Dismissal | null): void {
  if (dismissal === null) localStorage.removeItem(storageKey);
  else {
    try {
      localStorage.setItem(storageKey, textOf(dismissal));
    } catch {
      // More than the browser keeps: an older one must not be taken for this one. Each row still has its Restore.
      localStorage.removeItem(storageKey);
    }
  }
  for (const listener of listeners) listener();
}

/** What is back on the list need not be put back once more. */
export function forgetRestored(restored: readonly string[]): void {
  const last = current();
  if (last !== null) keepDismissal(remaining(last, restored));
}

export function remaining({ at, ids }: Dismissal, restored: readonly string[]): Dismissal | null {
  const back = new Set(restored);
  const rest = ids.filter((id) => !back.has(id));
  return rest.length === 0 ? null : { at, ids: rest };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
}

/** The last dismissal that was not undone. */
export const useLastDismissal = (): Dismissal | null => useSyncExternalStore(subscribe, current);
