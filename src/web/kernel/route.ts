import { useSyncExternalStore } from 'react';

const dialogs = ['execution', 'sessions', 'all-sessions', 'settings', 'shortcuts'] as const;

/**
 * Where the person is, kept in the fragment of the address: a reload comes back to the same screen, and the
 * browser's Back button closes a dialog.
 */
export type Route = {
  /** The open workflow file; the home screen without one. */
  readonly file: string | null;
  readonly dialog: (typeof dialogs)[number] | null;
  /** The session of the Execution dialog; its pre-run summary without one. */
  readonly session: string | null;
  readonly agent: string | null;
  readonly tab: string | null;
};

const nowhere: Route = { file: null, dialog: null, session: null, agent: null, tab: null };

export function readRoute(fragment: string): Route {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  return {
    file: values.get('file'),
    dialog: dialogs.find((dialog) => dialog === values.get('dialog')) ?? null,
    session: values.get('session'),
    agent: values.get('agent'),
    tab: values.get('tab'),
  };
}

export function writeRoute(route: Route): string {
  const values = new URLSearchParams();
  for (const [key, value] of Object.entries(route)) if (value !== null) values.set(key, value);
  return `#${values}`;
}

const listeners = new Set<() => void>();
let current = nowhere;

function refresh(): void {
  current = readRoute(location.hash);
  for (const listener of listeners) listener();
}

/** Goes somewhere else; what is not named stays as it is. */
export function go(change: Partial<Route>): void {
  const next = writeRoute({ ...current, ...change });
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

/** Hears of every change of the address, before the screens do when it is there first. */
export function onRoute(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For those who are not on the screen themselves. */
export const currentRoute = (): Route => current;

export function useRoute(): Route {
  return useSyncExternalStore(onRoute, () => current);
}
