import { useSyncExternalStore } from 'react';

/** What was taken off the list in one go, so that it can be put back, also in another window or after a restart. */
export type Dismissal = { readonly ids: readonly string[]; readonly at: string };

const storageKey = 'cerevisor.last-dismissal';
const listeners = new Set<() => void>();
let read: { readonly text: string | null; readonly dismissals: readonly Dismissal[] } | null = null;

/** So many can be put back, each by itself, the newest first. */
export const mostKept = 5;

/** What stands in the storage, the newest first; what is no dismissal is left out. */
export function dismissalsIn(text: string | null): Dismissal[] {
  return (text ?? '').split('\n\n').flatMap((part) => {
    const [at = '', ...ids] = part.split('\n');
    return Number.isNaN(Date.parse(at)) || ids.length === 0 ? [] : [{ at, ids }];
  });
}

export const textOf = (dismissals: readonly Dismissal[]): string =>
  dismissals.map(({ at, ids }) => [at, ...ids].join('\n')).join('\n\n');

/** The newest before the others; the oldest is let go. What was dismissed again is put back with the newest. */
export function withNewest(kept: readonly Dismissal[], newest: Dismissal): Dismissal[] {
  return [newest, ...without(kept, newest.ids)].slice(0, mostKept);
}

function current(): readonly Dismissal[] {
  const text = localStorage.getItem(storageKey);
  if (read?.text !== text) read = { text, dismissals: dismissalsIn(text) };
  return read?.dismissals ?? [];
}

function keep(dismissals: readonly Dismissal[]): void {
  try {
    if (dismissals.length === 0) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, textOf(dismissals));
  } catch {
    // More than the browser keeps: an older one must not be taken for the newest. Each row still has its Restore.
    localStorage.removeItem(storageKey);
  }
  for (const listener of listeners) listener();
}

export const keepDismissal = (dismissal: Dismissal): void => keep(withNewest(current(), dismissal));

export const forgetDismissal = ({ at }: Dismissal): void =>
  keep(current().filter((each) => each.at !== at));

/** What is back on the list need not be put back again. */
export const forgetRestored = (restored: readonly string[]): void =>
  keep(without(current(), restored));

/** The dismissals without what is back on the list; those of which nothing is left are gone. */
export const without = (dismissals: readonly Dismissal[], ids: readonly string[]): Dismissal[] =>
  dismissals.flatMap((each) => remaining(each, ids) ?? []);

function remaining({ at, ids }: Dismissal, restored: readonly string[]): Dismissal | null {
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

/** The last dismissal that was not undone; after it comes the one before. */
export const useLastDismissal = (): Dismissal | null =>
  useSyncExternalStore(subscribe, current)[0] ?? null;
