import { useSyncExternalStore } from 'react';

const dialogs = ['execution', 'sessions', 'all-sessions', 'settings', 'shortcuts'] as const;

/**
 * The current screen, stored in the URL fragment: a reload returns to it, and the browser's Back button closes a
 * dialog.
 */
export type Route = {
  /** The open workflow file; null for the home screen. */
  readonly file: string | null;
  readonly dialog: (typeof dialogs)[number] | null;
  /** The session of the Execution dialog; null for its pre-run summary. */
  readonly session: string | null;
  readonly agent: string | null;
  readonly tab: string | null;
};

const emptyRoute: Route = { file: null, dialog: null, session: null, agent: null, tab: null };

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
let current = emptyRoute;

function refresh(): void {
  current = readRoute(location.hash);
  for (const listener of listeners) listener();
}

/** Navigates. Parts of the route that are not given stay as they are. */
export function navigate(change: Partial<Route>): void {
  const next = writeRoute({ ...current, ...change });
  if (next === location.hash) return;
  history.pushState(null, '', next);
  refresh();
}

export function closeDialog(): void {
  navigate({ dialog: null, session: null, agent: null, tab: null });
}

export function openExecution(session: string | null, agent: string | null = null): void {
  navigate({ dialog: 'execution', session, agent, tab: null });
}

/** Reads the route from the address now and on every change. */
export function followAddressBar(): void {
  addEventListener('popstate', refresh);
  addEventListener('hashchange', refresh);
  refresh();
}

/** Subscribes to route changes. Returns the function that unsubscribes. */
export function onRouteChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The route for code outside React components. */
export const currentRoute = (): Route => current;

export function useRoute(): Route {
  return useSyncExternalStore(onRouteChange, () => current);
}
