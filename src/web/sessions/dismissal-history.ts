import { useSyncExternalStore } from 'react';

/** Sessions dismissed together, stored so that they can be restored in another window or after a restart. */
export type Dismissal = { readonly ids: readonly string[]; readonly at: string };

const storageKey = 'cerevisor.last-dismissal';
const listeners = new Set<() => void>();
let cache: { readonly text: string | null; readonly dismissals: readonly Dismissal[] } | null =
  null;

/** How many dismissals can be undone, each separately, the newest first. */
export const maxStored = 5;

/** Parses the stored dismissals, the newest first; invalid ones are skipped. */
export function parseDismissals(text: string | null): Dismissal[] {
  return (text ?? '').split('\n\n').flatMap((part) => {
    const [at = '', ...ids] = part.split('\n');
    return Number.isNaN(Date.parse(at)) || ids.length === 0 ? [] : [{ at, ids }];
  });
}

export const serializeDismissals = (dismissals: readonly Dismissal[]): string =>
  dismissals.map(({ at, ids }) => [at, ...ids].join('\n')).join('\n\n');

/** Adds a dismissal in front and drops the oldest. Sessions dismissed again belong to the newest one only. */
export function addDismissal(stored: readonly Dismissal[], newest: Dismissal): Dismissal[] {
  return [newest, ...removeRestored(stored, newest.ids)].slice(0, maxStored);
}

function readDismissals(): readonly Dismissal[] {
  const text = localStorage.getItem(storageKey);
  if (cache?.text !== text) cache = { text, dismissals: parseDismissals(text) };
  return cache?.dismissals ?? [];
}

function store(dismissals: readonly Dismissal[]): void {
  try {
    if (dismissals.length === 0) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, serializeDismissals(dismissals));
  } catch {
    // The storage is full. An older dismissal must not look like the newest; each row still has its Restore button.
    localStorage.removeItem(storageKey);
  }
  for (const listener of listeners) listener();
}

export const storeDismissal = (dismissal: Dismissal): void =>
  store(addDismissal(readDismissals(), dismissal));

export const forgetDismissal = ({ at }: Dismissal): void =>
  store(readDismissals().filter((each) => each.at !== at));

/** Restored sessions need no undo. */
export const forgetRestored = (restored: readonly string[]): void =>
  store(removeRestored(readDismissals(), restored));

/** The dismissals without the restored sessions; empty ones are dropped. */
export const removeRestored = (
  dismissals: readonly Dismissal[],
  ids: readonly string[],
): Dismissal[] => dismissals.flatMap((each) => remaining(each, ids) ?? []);

function remaining({ at, ids }: Dismissal, restored: readonly string[]): Dismissal | null {
  const restoredIds = new Set(restored);
  const rest = ids.filter((id) => !restoredIds.has(id));
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

/** The newest dismissal that was not undone. */
export const useLastDismissal = (): Dismissal | null =>
  useSyncExternalStore(subscribe, readDismissals)[0] ?? null;
