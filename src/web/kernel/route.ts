import { useSyncExternalStore } from 'react';

const dialogs = ['execution', 'sessions', 'settings', 'shortcuts'] as const;

/**
 * Where the person is, kept in the fragment of the address: a reload comes back to the same screen, and the
 * browser's Back button closes a dialog.
 */
export type Place = {
  /** The open workflow file; the home screen without one. */
  readonly file: string | null;
  readonly dialog: (typeof dialogs)[number] | null;
  /** The session of the Execution dialog; its pre-run summary without one. */
  readonly session: string | null;
  readonly agent: string | null;
  readonly tab: string | null;
};

const nowhere: Place = { file: null, dialog: null, session: null, agent: null, tab: null };

export function readPlace(fragment: string): Place {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  return {
    file: values.get('file'),
    dialog: dialogs.find((dialog) => dialog === values.get('dialog')) ?? null,
    session: values.get('session'),
    agent: values.get('agent'),
    tab: values.get('tab'),
  };
}

export function writePlace(place: Place): string {
  const values = new URLSearchParams();
  for (const [key, value] of Object.entries(place)) if (value !== null) values.set(key, value);
  return `#${values}`;
}

const listeners = new Set<() => void>();
let current = nowhere;

function refresh(): void {
  current = readPlace(location.hash);
  for (const listener of listeners) listener();
}

/** Goes somewhere else; what is not named stays as it is. */
export function go(change: Partial<Place>): void {
  const next = writePlace({ ...current, ...change });
  if (next === location.hash) return;
  history.pushState(null, '', next);
  refresh();
}

export function closeDialog(): void {
  go({ dialog: null, session: null, agent: null, tab: null });
}

export function openExecution(session: string | null, agent: string | null = null): void {
  go({ dialog: 'execution', session, agent, tab: null });
}

/** Reads the address now and whenever it changes. */
export function followPlace(): void {
  addEventListener('popstate', refresh);
  addEventListener('hashchange', refresh);
  refresh();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For those who are not on the screen themselves. */
export const placeNow = (): Place => current;

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => current);
}
